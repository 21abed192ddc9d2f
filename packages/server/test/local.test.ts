import { PeerloomError } from "@peerloom/core";
import { Endpoint } from "@peerloom/session";
import { expect, test } from "vitest";
import { connect, instance, join, nextEvent, startRelay, type RawClient } from "./support.ts";

/** A real endpoint over a socket that speaks the protocol by hand. */
async function peer(url: string, clientId: string): Promise<{ endpoint: Endpoint; client: RawClient } & AsyncDisposable> {
  const auth = { clientId, instance: instance() };
  const [client, welcome] = await join(url, auth);
  const endpoint = new Endpoint({
    instance: auth.instance,
    transport: {
      send: (to, serial, { text, attachments }) => {
        client.packet(to, serial, text, ...attachments);
        return true;
      },
      watch: (ids) => client.request({ type: "watch", ids }),
      unwatch: (ids) => client.request({ type: "unwatch", ids }),
    },
  });
  client.socket.on("p", (from: string, text: string, ...attachments: unknown[]) => endpoint.receive(from, text, attachments));
  client.socket.on("u", (to: string, code: string, serial: number) => endpoint.refused(to, code, serial));
  endpoint.connected(welcome.clientId);
  const close = async (): Promise<void> => {
    await endpoint.close();
    client[Symbol.dispose]();
  };
  return { endpoint, client, [Symbol.asyncDispose]: close };
}

test("the relay asks a client, and is told what the client's handler returned", async () => {
  await using server = await startRelay();
  await using bob = await peer(server.url, "bob");
  bob.endpoint.onAny("sum", (a: number, b: number, { from }: { from: string }) => `${from}: ${a + b}`);

  expect(await server.relay.remote("bob").emitWithAck("sum", 1, 2)).toBe("relay: 3");
});

test("a client asks the relay, binaries included", async () => {
  await using server = await startRelay({ relayId: "home" });
  await using bob = await peer(server.url, "bob");
  server.relay.onAny("size", (bytes: Uint8Array, { from }: { from: string }) => [from, bytes.length]);

  expect(await bob.endpoint.remote("home").emitWithAck("size", new Uint8Array(300_000))).toEqual(["bob", 300_000]);
});

test("a request of the relay to somebody who is not there rejects with PEER_NOT_FOUND", async () => {
  await using server = await startRelay();

  const answer = server.relay.remote("nobody").emitWithAck("sum", 1, 2);

  await expect(answer).rejects.toSatisfy((error) => PeerloomError.is(error, "PEER_NOT_FOUND"));
});

test("the relay is told when a peer it talked with is gone", async () => {
  await using server = await startRelay({ sessionTimeoutMs: 20 });
  const bob = await peer(server.url, "bob");
  bob.endpoint.onAny("hello", () => "hi");
  await server.relay.remote("bob").emitWithAck("hello");
  const gone = new Promise((resolve) => server.relay.onGone(resolve));

  bob.client.cut();

  expect(await gone).toMatchObject({ id: "bob", error: { code: "PEER_LOST" } });
});

test("a packet that is no packet of a session is dropped without harm", async () => {
  await using server = await startRelay();
  using alice = await connect(server.url, "alice");

  alice.packet("relay", 0, "nonsense");
  alice.packet("relay", 1, "[1,", Buffer.from([1]));
  await alice.settled();

  expect(server.relay.stats()).toMatchObject({ packets: 2, errors: 0 });
});

test("an error in a handler of the relay is told to the operator", async () => {
  await using server = await startRelay();
  await using bob = await peer(server.url, "bob");
  server.relay.onAny("hello", () => {
    throw new Error("a bug");
  });
  const failed = nextEvent(server.relay, "error");

  bob.endpoint.remote("relay").emit("hello");

  expect(await failed).toEqual({ error: new Error("a bug") });
});

test("a busy client is told to be ready to the relay too, and nothing is lost", async () => {
  await using server = await startRelay({ limits: { outboundBytes: 64 * 1024 } });
  await using bob = await peer(server.url, "bob");
  const received: number[] = [];
  const done = Promise.withResolvers<void>();
  bob.endpoint.onAny("number", (value: number) => {
    received.push(value);
    if (value === 2000) done.resolve();
  });
  bob.client.raw.pause();
  const busy = nextEvent(server.relay, "refused");
  const remote = server.relay.remote("bob");

  const sent = (async () => {
    for (let value = 0; value <= 2000; value++) if (!remote.emit("number", value, "x".repeat(8000))) await remote.drained();
  })();
  expect(await busy).toMatchObject({ code: "BUSY", clientId: "relay" });
  bob.client.raw.resume();
  await sent;
  await done.promise;

  expect(received).toEqual(Array.from({ length: 2001 }, (_, index) => index));
}, 20_000);
