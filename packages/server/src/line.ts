import type { AnyCode } from "@peerloom/core";
import type { Socket } from "socket.io";
import type { AddressRow } from "./addresses.ts";
import type { Client, Sender } from "./client.ts";
import type { Noise } from "./noise.ts";
import { Tap, type HoldReason, type RawWebSocket } from "./tap.ts";

/** The engine.io socket under a socket.io socket. */
export type Connection = Socket["conn"];

/** socket.io's room of the sockets whose queue is over its budget: room packets leave them out. Users' rooms cannot have this name. */
export const SLOW_ROOM = "slow";

/** Memory an entry of a queue costs beside its data. */
const entryBytes = 128;
/** A queue this many times over its budget is that of a client that will not read any more. */
const hardFactor = 4;

/** The parts of an engine.io connection that are not among its types. */
interface Internals {
  readonly writeBuffer?: readonly { readonly data?: unknown }[];
  /** By WebSocket it has one. */
  readonly transport?: { readonly socket?: RawWebSocket };
}

/** Where a connection comes from. */
export interface Origin {
  readonly address: string;
  readonly row: AddressRow | undefined;
}

export interface LineEvents {
  /** The queue went over its budget. Called while a packet is being queued. */
  slow(line: Line): void;
  /** The queue is four times over its budget. Called once, while a packet is being queued. */
  flooded(line: Line): void;
}

/** Who acts when the queue of a client's connection changes: its name space. */
export interface LineOwner {
  slow(line: Line): void;
  /** The queue has shrunk below half its budget. */
  drained(line: Line): void;
  dismiss(client: Client, code: AnyCode, message: string): void;
}

/**
 * One connection, as the relay sees it: who is on it, and how many bytes wait to be sent over it, whoever queued them. socket.io has no
 * bound and no signal of its own: its queue is engine.io's `writeBuffer` plus what `ws` holds, and summing it costs as much as it is long.
 * So each packet is added to an estimate, and the sum is made only when the estimate has grown by a sixteenth of the budget since the last one.
 */
export class Line {
  readonly connection: Connection;
  /** Whether a client is on it, or being let in: there is one client a connection. */
  isTaken = false;
  /** The client on it. */
  client: Client | undefined;
  /** The client's name space. */
  owner: LineOwner | undefined;
  /** Whether the client takes packets in the lean form. */
  isLean = false;
  /** What comes over it to nothing; counted when nothing else is served on the connection. */
  noise: Noise | undefined;
  /** Where it comes from, and what else does; no row for an address that is exempt from limits. */
  readonly address: string;
  readonly row: AddressRow | undefined;
  /** Whether it was dropped: what still comes of it is nothing new. */
  isCut = false;
  /** Whether its next handshake was counted already, as the beginning of the session. */
  hasPaid = false;
  /** The last turn in which something came over it, and how many messages that was. */
  turn = 0;
  turnMessages = 0;
  /** Bytes queued since the beginning. */
  written = 0;
  /** Over the budget, and not yet seen below half of it. */
  isSlow = false;
  /** Senders that were refused while it was slow. */
  waiting: Set<Sender> | undefined;
  /** The rooms' clock when it became slow: what was published since was not sent to it. */
  missedSince = 0;
  readonly #budget: number;
  readonly #events: LineEvents;
  /** Made when it is first needed: most connections never do. */
  #tap: Tap | undefined;
  #estimate = 0;
  #mark: number;

  constructor(connection: Connection, { address, row }: Origin, budgetBytes: number, events: LineEvents) {
    this.connection = connection;
    this.address = address;
    this.row = row;
    this.#budget = budgetBytes;
    this.#mark = budgetBytes;
    this.#events = events;
    connection.on("packetCreate", (packet: { readonly data?: unknown }) => this.#add(sizeOf(packet.data)));
  }

  /** Has a slow queue shrunk below half its budget? Then it is slow no more. */
  hasDrained(): boolean {
    this.#estimate = queuedBytes(this.connection);
    if (this.#estimate >= this.#budget / 2) return false;
    this.isSlow = false;
    this.#mark = this.#budget;
    return true;
  }

  /**
   * Handles nothing more that comes over it, also of what was read already, until it is let go; nothing is lost. What a session by polling sends cannot be
   * left waiting. @returns whether it was not held for this reason before, and is now.
   */
  hold(reason: HoldReason): boolean {
    const { socket } = this.#raw;
    if (socket === undefined) return false;
    this.#tap ??= new Tap(socket);
    return this.#tap.hold(reason);
  }

  letGo(reason: HoldReason): void {
    this.#tap?.letGo(reason);
  }

  /** Drops the connection at once, with all that waits in it. */
  terminate(): void {
    this.isCut = true;
    const { socket } = this.#raw;
    if (typeof socket?.terminate !== "function") return this.connection.close(true);
    (this.#tap ?? new Tap(socket)).shut();
    socket.terminate();
  }

  get #raw(): { readonly socket?: RawWebSocket } {
    return (this.connection as unknown as Internals).transport ?? {};
  }

  #add(bytes: number): void {
    this.written += bytes;
    this.#estimate += bytes;
    if (this.#estimate >= this.#mark) this.#review(bytes);
  }

  #review(bytes: number): void {
    const queued = queuedBytes(this.connection) + bytes;
    const hard = hardFactor * this.#budget;
    this.#estimate = queued;
    this.#mark = Math.max(this.isSlow ? hard : this.#budget, queued + this.#budget / 16);
    if (!this.isSlow && queued >= this.#budget) {
      this.isSlow = true;
      this.#mark = hard;
      this.#events.slow(this);
    }
    if (queued < hard) return;
    this.#mark = Infinity;
    this.#events.flooded(this);
  }
}

/** Bytes that wait to be sent, exactly. */
export function queuedBytes(connection: Connection): number {
  const { writeBuffer = [], transport } = connection as unknown as Internals;
  let bytes = transport?.socket?.bufferedAmount ?? 0;
  for (const { data } of writeBuffer) bytes += sizeOf(data);
  return bytes;
}

/** Strings count by their length: engine.io keeps them as they are until they are handed to the socket. */
function sizeOf(data: unknown): number {
  if (typeof data === "string") return data.length + entryBytes;
  return data instanceof Uint8Array ? data.byteLength + entryBytes : entryBytes;
}
