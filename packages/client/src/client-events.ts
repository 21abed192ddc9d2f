import type { GoneEvent, PathName, PeerloomError } from "@peerloom/core";
import type { Metadata, PeerState } from "@peerloom/protocol";
import type { ClientState } from "./connection.ts";
import type { UndeliverableInRoom } from "./rooms.ts";

/** How another client stands; told for those this client talks with, and for those it watches. */
export interface PresenceEvent {
  readonly id: string;
  /** `away`: its connection is lost and it may come back; `gone`: it is not expected back; `absent`: the relay does not know it. */
  readonly state: PeerState | "gone";
  readonly instance?: string | undefined;
  readonly metadata?: Metadata | undefined;
  /** Why it is gone: `closed`, `timeout`, `replaced`. */
  readonly reason?: string | undefined;
}

/** An event sent to a peer that could not be delivered, or of which that is not known. */
export interface UndeliverableToPeer {
  readonly to: string;
  readonly event: string;
  readonly error: PeerloomError;
}

export interface ClientEvents {
  state: { readonly state: ClientState };
  /** For good, once; `error` is missing after `close()`. */
  closed: { readonly error: PeerloomError | undefined };
  presence: PresenceEvent;
  /** A known peer is gone for good. */
  gone: GoneEvent;
  undeliverable: UndeliverableToPeer | UndeliverableInRoom;
  /** What is sent to a peer takes another path from now on. */
  path: { readonly id: string; readonly path: PathName };
  /** Something went wrong with a direct path; it is tried again by itself. */
  "path-failed": { readonly id: string; readonly error: unknown };
  /** Malformed input was dropped; `count` is how often since the client was made. */
  warning: { readonly what: string; readonly count: number };
  /** A handler of the application threw while it handled an event, or a listener did. */
  error: { readonly error: unknown; readonly from?: string; readonly event?: string; readonly room?: string };
}

/** Tells an event of the client. */
export type Tell = <K extends keyof ClientEvents>(name: K, event: ClientEvents[K]) => void;
