import type { Layer, Packet } from "@peerloom/core";
import { MemoryRelay, type Delivery } from "@peerloom/core/testing";
import { encrypt, type Encryption, type EncryptOptions } from "@peerloom/encryption";
import { Endpoint, type EndpointOptions } from "@peerloom/session";
import { vi } from "vitest";
import * as node from "../src/node.ts";
import * as web from "../src/web.ts";

// Keys take their time on a machine that has much else to do.
vi.setConfig({ testTimeout: 60_000 });

type Extra = Partial<Omit<EndpointOptions, "instance" | "transport">>;

/** Both ways of sealing: at once, and with a promise. */
export const ciphers = [
  ["Node's", node.makeCipher],
  ["WebCrypto's", web.makeCipher],
] as const;
let makeCipher = node.makeCipher;

/** From now on endpoints seal by this. */
export function useCipher(cipher: typeof node.makeCipher): void {
  makeCipher = cipher;
}

/** An endpoint that encrypts, on a memory relay. */
export interface Secret {
  readonly endpoint: Endpoint;
  readonly layer: Layer;
  readonly encryption: Encryption;
  readonly malformed: string[];
  close(): Promise<void>;
}

export function secretOn(relay: MemoryRelay, id: string, instance: string, options: EncryptOptions = {}, extra: Extra = {}): Secret {
  const encryption = encrypt({ makeCipher, ...options });
  const malformed: string[] = [];
  const layer = encryption.createLayer({
    instance,
    below: relay.transport(id),
    get above() {
      return endpoint;
    },
    malformed: (what) => malformed.push(what),
  });
  const endpoint: Endpoint = new Endpoint({ instance, transport: layer, ...extra });
  relay.attach(id, instance, layer);
  const close = async (): Promise<void> => {
    await endpoint.close();
    layer.close();
    const { peers, requests, streams, bytes } = endpoint.load;
    const left = peers + requests + streams + bytes + layer.bytes;
    if (left > 0 || encryption.peer("alice") !== undefined || encryption.peer("bob") !== undefined) throw new Error("something is left");
  };
  return { endpoint, layer, encryption, malformed, close };
}

export interface Pair extends AsyncDisposable {
  readonly relay: MemoryRelay;
  readonly alice: Secret;
  readonly bob: Secret;
}

/** Two endpoints that encrypt; on disposal they are closed and must hold nothing. */
export function twoSecrets(options: { readonly alice?: EncryptOptions; readonly bob?: EncryptOptions; readonly extra?: Extra } = {}): Pair {
  const relay = new MemoryRelay(setImmediate);
  const alice = secretOn(relay, "alice", "alice-instance", options.alice, options.extra);
  const bob = secretOn(relay, "bob", "bob-instance", options.bob, options.extra);
  const close = async (): Promise<void> => {
    await Promise.all([alice.close(), bob.close()]);
  };
  return { relay, alice, bob, [Symbol.asyncDispose]: close };
}

/** All that passes the relay from now on, as text and bytes in latin1. */
export function record(relay: MemoryRelay): string[] {
  const seen: string[] = [];
  const { judge } = relay;
  relay.judge = (delivery) => {
    const { text, attachments } = delivery.packet;
    seen.push(text, ...attachments.map((bytes) => Buffer.from(bytes).toString("latin1")));
    return judge(delivery);
  };
  return seen;
}

/** Brings another packet in the place of one under way, which is to be lost. */
export function replace({ from, to }: Delivery, packet: Packet, { alice, bob }: Pick<Pair, "alice" | "bob">): "lose" {
  (to === "bob" ? bob : alice).layer.receive(from, packet.text, packet.attachments);
  return "lose";
}

/** Which message of encryption is this? */
export function kindOf({ packet }: Delivery): string {
  return packet.text.slice(0, 2);
}

/** Lets time fly, with fake timers, until `isDone`. */
export async function flyUntil(isDone: () => boolean): Promise<void> {
  for (let n = 0; n < 40_000 && !isDone(); n++) {
    await vi.advanceTimersByTimeAsync(50);
    // What WebCrypto does takes its own time.
    const until = performance.now() + 5;
    while (performance.now() < until) await new Promise(setImmediate);
  }
}

/** Sends an event that will not arrive, and resolves to the code of its loss. Timers are fake. */
export async function lossOf({ endpoint }: Secret, to: string): Promise<string | undefined> {
  const lost: string[] = [];
  endpoint.on("undeliverable", ({ error }) => lost.push(error.code));
  endpoint.remote(to).emit("hi");
  await flyUntil(() => lost.length > 0);
  return lost[0];
}
