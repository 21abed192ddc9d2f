import type { Defer, Packet, PeerloomError, WaitOptions } from "@peerloom/core";
import type { Metadata } from "@peerloom/protocol";

/** What a room needs from the client it belongs to. */
export interface RoomHost {
  /** The client's instance. */
  readonly instance: string;
  readonly defer: Defer;
  /** How long a member may be away, in milliseconds. */
  readonly sessionTimeoutMs: number;
  /** Hands a room packet to the relay. @returns false when it was not taken: the room tries again at `joined` or `writable`. */
  send(room: string, next: number, packet: Packet): boolean;
  /** Asks member `to` for a replay: a session request `peerloom:replay`. */
  askReplay(to: string, args: readonly [room: string, instance: string, from: number], signal: AbortSignal): Promise<unknown>;
  /** Replaces this member's metadata at the relay. */
  setMetadata(room: string, metadata: Metadata, wait: WaitOptions): Promise<void>;
  /** Tells the relay that this client leaves the room. Never rejects. */
  leave(room: string): Promise<void>;
  /** Joins again after the relay said that this client is no member. */
  rejoin(room: string): void;
  /** What handlers are told of an event's sender. @defaultValue a new `{ from, room }` for each packet */
  readonly contextOf?: (from: string) => object;
  /** A handler of the application threw. */
  handlerFailed(failure: { readonly error: unknown; readonly room: string; readonly from?: string; readonly event?: string }): void;
  /** Events of this room were not sent and never will be. */
  undeliverable(room: string, count: number, error: PeerloomError): void;
  /** Input from the wire was dropped. */
  malformed(what: string): void;
}
