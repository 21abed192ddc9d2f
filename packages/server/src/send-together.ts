import type { Socket as NetSocket } from "node:net";
import type { Server } from "socket.io";

/** The parts of an engine.io connection that are not among its types. */
interface Connection {
  readonly transport: { readonly socket?: { readonly _socket?: NetSocket } };
}

/**
 * Has packets that engine.io hands on together leave together. By itself it writes each to the operating system alone, which costs more than all
 * else that is done for a small one.
 */
export function sendTogether(engine: Server["engine"]): void {
  let corked: NetSocket | undefined;
  const uncork = (): void => {
    corked?.uncork();
    corked = undefined;
  };
  // Between these two it hands them on, and does nothing else.
  engine.on("flush", ({ transport }: Connection, packets: readonly unknown[]) => {
    uncork();
    if (packets.length < 2) return;
    corked = transport.socket?._socket;
    corked?.cork();
  });
  engine.on("drain", uncork);
}
