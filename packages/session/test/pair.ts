import { MemoryRelay } from "@peerloom/core/testing";
import { Endpoint, type EndpointOptions } from "@peerloom/session";

export interface Pair extends AsyncDisposable {
  readonly relay: MemoryRelay;
  readonly alice: Endpoint;
  readonly bob: Endpoint;
}

type Extra = Partial<Omit<EndpointOptions, "instance" | "transport">>;

/** An endpoint on a memory relay. */
export function endpointOn(relay: MemoryRelay, id: string, instance: string, extra: Extra = {}): Endpoint {
  const endpoint = new Endpoint({ instance, transport: relay.transport(id), ...extra });
  relay.attach(id, instance, endpoint);
  return endpoint;
}

/** Two endpoints on one memory relay. On disposal both are closed and must hold nothing. */
export function twoEndpoints(extra: Extra = {}): Pair {
  const relay = new MemoryRelay(setImmediate);
  const alice = endpointOn(relay, "alice", "alice-instance", extra);
  const bob = endpointOn(relay, "bob", "bob-instance", extra);
  return {
    relay,
    alice,
    bob,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([alice.close(), bob.close()]);
      for (const endpoint of [alice, bob]) {
        const { peers, requests, streams, bytes } = endpoint.load;
        if (peers + requests + streams + bytes > 0) throw new Error(`an endpoint still holds ${JSON.stringify(endpoint.load)}`);
      }
    },
  };
}
