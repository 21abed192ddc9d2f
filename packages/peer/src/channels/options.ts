import type { Defer, WaitOptions } from "@peerloom/core";
import type { DataChannelMarks } from "./data-channel.ts";
import type { ChannelLimits } from "./limits.ts";

/** How a channel treats what it carries; the data channel must be made with the same settings. */
export interface ChannelOptions {
  /** Its name. @defaultValue "" */
  readonly label?: string | undefined;
  /** What its opener said about it. */
  readonly metadata?: unknown;
  /** False lets messages overtake each other. @defaultValue true */
  readonly ordered?: boolean | undefined;
  /** Sends again at most so often; makes the channel unreliable. */
  readonly maxRetransmits?: number | undefined;
  /** Milliseconds in which it is tried to send again; makes the channel unreliable. */
  readonly maxPacketLifeTime?: number | undefined;
  /** The subprotocol's name. @defaultValue "" */
  readonly protocol?: string | undefined;
  /** What the backend's data channels stand: `RtcBackend.channel`. */
  readonly marks: DataChannelMarks;
  readonly limits?: ChannelLimits | undefined;
  /** Milliseconds without a data channel after which a channel that had one ends with `PEER_LOST`. @defaultValue 30_000 */
  readonly detachedTimeoutMs?: number;
  /** Milliseconds that a request waits for its answer unless it says otherwise. @defaultValue 30_000 */
  readonly requestTimeoutMs?: number;
  /** 16 hex digits that no other channel object has. @defaultValue random */
  readonly instance?: string;
  /** Runs a function at the end of the turn. @defaultValue `setImmediate`, or a task where there is none */
  readonly defer?: Defer;
}

/** How far a message or a file is on its way to the other side. */
export interface SendProgress {
  /** Bytes that the other side has. */
  readonly bytes: number;
  /** Bytes in all; undefined for content whose size nobody knows. */
  readonly totalBytes: number | undefined;
}

export interface SendOptions {
  /** Gives up: the promise rejects with `ABORTED`, and the rest of something large is not sent. A small message may still arrive. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SendProgress) => void;
  /** False lets what is sent later overtake this one, on an ordered channel. @defaultValue the channel's */
  readonly ordered?: boolean | undefined;
}

export interface SendFileOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SendProgress) => void;
  /** @defaultValue the File's own, or "" */
  readonly name?: string;
  /** Media type. @defaultValue the Blob's own, or "" */
  readonly type?: string;
  /** Bytes, for a stream whose size is known. @defaultValue the Blob's own */
  readonly size?: number;
  /** Anything JSON carries. */
  readonly metadata?: unknown;
}

export type RequestOptions = WaitOptions;
