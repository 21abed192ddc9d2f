import type { Metadata } from "@peerloom/protocol";
import type { Verify } from "./room/door.ts";

export interface JoinOptions {
  /** 1–128 bytes. @defaultValue "default" */
  readonly room?: string;
  /** A JSON value of at most 4096 bytes that the others in the room see. */
  readonly metadata?: Metadata;
  /**
   * Who may be connected. Whom a member refuses is told nothing, not even that a room is full; where signaling is sealed it was asked for its
   * metadata before, and knows the id of who asked. @defaultValue everyone
   */
  readonly verify?: Verify;
}

/** Which streams: of one peer or of all, of one label or of all. */
export interface StreamFilter {
  readonly peer?: string;
  readonly label?: string;
}
