import { PeerloomError } from "@peerloom/core";
import type { Socket } from "socket.io";
import { queuedBytes } from "../line.ts";
import type { PlainMessage } from "./events.ts";

export interface OutboundEvents {
  sent(socket: Socket, message: PlainMessage): void;
  /** A message did not go out: the socket takes no more. Called once for each socket. */
  failed(socket: Socket, error: Error): void;
}

/** Sends messages to front ends, and no more to those that do not read them. */
export class Outbound {
  readonly #maxBytes: number;
  readonly #events: OutboundEvents;
  readonly #failed = new WeakSet<Socket>();

  constructor(maxBytes: number, events: OutboundEvents) {
    this.#maxBytes = maxBytes;
    this.#events = events;
  }

  /** @returns false when it did not go out. */
  readonly send = (socket: Socket, type: string, ...args: readonly unknown[]): boolean => {
    if (this.#failed.has(socket)) return false;
    if (queuedBytes(socket.conn) > this.#maxBytes) {
      this.#failed.add(socket);
      this.#events.failed(
        socket,
        new PeerloomError("BUSY", `"${type}" could not be sent to ${socket.id}: it does not read what it is sent`),
      );
      return false;
    }
    socket.emit(type, ...args);
    this.#events.sent(socket, { type, args });
    return true;
  };
}
