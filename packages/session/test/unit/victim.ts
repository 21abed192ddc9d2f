import type { Packet, Transport } from "@peerloom/core";
import { MemoryRelay } from "@peerloom/core/testing";
import { parsePacket, type ParsedPacket } from "@peerloom/protocol";
import { Endpoint, type EndpointOptions } from "@peerloom/session";
import { endpointOn } from "../pair.ts";

/** An endpoint that hostile peers write to, beside an honest one. */
export interface Victim extends AsyncDisposable {
  readonly alice: Endpoint;
  readonly bob: Endpoint;
  /** Ids of peers that alice took for gone, with the code. */
  readonly gone: string[];
  /** What alice sent to anyone but bob, since the last call. */
  takeSent(): { readonly to: string; readonly packet: ParsedPacket }[];
  /** Alice's side of the session with a hostile peer; empty while she has not written in it. */
  sessionFor(id: string): string;
  /** A packet to alice, as the relay would hand it over. */
  hostile(from: string, text: unknown, attachments?: readonly unknown[]): void;
  /** Ends the turn, so that alice flushes. */
  turn(): Promise<void>;
  /** Asks bob, and bob asks alice: true when both answer and neither session was ever ended. */
  isUnharmed(): Promise<boolean>;
}

/** Alice and bob on a relay; what alice sends to others is noted instead. On disposal alice must hold nothing. */
export async function victim(limits: NonNullable<EndpointOptions["limits"]> = {}): Promise<Victim> {
  const relay = new MemoryRelay(setImmediate);
  const inner = relay.transport("alice");
  const sent: { to: string; packet: ParsedPacket }[] = [];
  const sessions = new Map<string, string>();
  const note = (to: string, { text }: Packet): boolean => {
    const packet = parsePacket(text);
    if (packet === undefined) throw new Error(`alice sent a malformed packet: ${text.slice(0, 200)}`);
    sent.push({ to, packet });
    if (packet.extension?.x === undefined) sessions.set(to, packet.source);
    return true;
  };
  const transport: Transport = {
    send: (to, serial, packet, path) => (to === "bob" ? inner.send(to, serial, packet, path) : note(to, packet)),
    // The relay would say that it does not know the others.
    watch: (ids) => inner.watch(ids.filter((id) => id === "bob")),
    unwatch: inner.unwatch,
  };
  const alice = new Endpoint({ instance: "alice-instance", transport, limits });
  relay.attach("alice", "alice-instance", alice);
  const bob = endpointOn(relay, "bob", "bob-instance");
  const gone: string[] = [];
  alice.onGone(({ id, error }) => {
    gone.push(`${id} ${error.code}`);
    sessions.delete(id);
  });
  alice.on("error", () => {});
  for (const end of [alice, bob]) end.onAny("double", (n: number) => n * 2);
  const asks = async (): Promise<unknown[]> =>
    Promise.all([alice.remote("bob").emitWithAck("double", 21), bob.remote("alice").emitWithAck("double", 4)]);
  await asks();
  return {
    alice,
    bob,
    gone,
    takeSent: () => sent.splice(0),
    sessionFor: (id) => sessions.get(id) ?? "",
    hostile: (from, text, attachments = []) => alice.receive(from, text, attachments),
    turn: () => new Promise((resolve) => void setImmediate(resolve)),
    isUnharmed: async () => JSON.stringify(await asks()) === "[42,8]" && !gone.some((line) => line.startsWith("bob")),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([alice.close(), bob.close()]);
      const { peers, requests, bytes } = alice.load;
      if (peers + requests + bytes > 0) throw new Error(`alice still holds ${peers} peers, ${requests} requests, ${bytes} bytes`);
    },
  };
}
