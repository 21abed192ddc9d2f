import { WIRE } from "@peerloom/protocol";

/** Budgets of a session; every one has a safe default. */
export interface SessionLimits {
  /**
   * Bytes sent to one peer and not yet acknowledged; as many may be held that came early. A receiver acknowledges each third of
   * it: more often costs more than it gains, as each acknowledgement is a packet of its own. @defaultValue 1.5 MiB
   */
  readonly windowBytes: number;
  /**
   * Bytes waiting for one peer above which `emit` returns false; `drained()` resolves below a quarter of it. What waits longer than it
   * has to costs the collector of garbage more than it gains. @defaultValue 256 KiB
   */
  readonly highWaterBytes: number;
  /** Bytes waiting for one peer above which sending throws `OVERFLOW`. @defaultValue 16 MiB */
  readonly maxQueuedBytes: number;
  /** Bytes of one message, sent or received. @defaultValue 8 MiB */
  readonly maxMessageBytes: number;
  /** Requests to one peer waiting for their answer; one more throws `OVERFLOW`. @defaultValue 16384 */
  readonly maxPendingRequests: number;
  /** Requests of one peer being handled here; one more is answered with `LIMIT`. @defaultValue 1024 */
  readonly maxServedRequests: number;
  /** Streams with one peer at once; one more is refused with `LIMIT`. @defaultValue 256 */
  readonly maxStreams: number;
  /** Bytes a peer may send in one stream before they are read here. @defaultValue 1 MiB */
  readonly streamWindowBytes: number;
  /** Peers with a session at once; a further stranger is refused with `LIMIT`. @defaultValue 10000 */
  readonly maxPeers: number;
}

export const defaultSessionLimits: SessionLimits = {
  windowBytes: 1_572_864,
  highWaterBytes: 262_144,
  maxQueuedBytes: 16_777_216,
  maxMessageBytes: 8_388_608,
  maxPendingRequests: 16_384,
  maxServedRequests: 1024,
  maxStreams: 256,
  streamWindowBytes: 1_048_576,
  maxPeers: 10_000,
};

/** Delays of a session in milliseconds. */
export const TIMING = {
  /** An acknowledgement that finds nothing to ride on goes alone after this. */
  ackDelayMs: 15,
  /** A sender without progress asks what arrived after this, then after twice as long, up to `maxProbeMs`. */
  probeMs: 500,
  maxProbeMs: 5000,
  /** What left by a path that is taken no more goes again by the new one when it has not come after this. */
  handOverMs: 200,
  /** For so long at least, and twice as long at most, streams leave room for the next message after one was sent or received. */
  sharedMs: 500,
} as const;

/** Bytes between two peers after which a direct path is worth its making, even if only one of them speaks. */
export const MUCH_BYTES = 65_536;

/** Added to each frame's size for bookkeeping, so that byte budgets bound the number of frames too. */
export const FRAME_OVERHEAD_BYTES = 64;

/**
 * Of the window, what stream data may fill while messages travel too: what a small message finds before it on the way is no more than
 * this. A pair that only streams fills the whole window. Four full packets, with what is around them: with three, one of sender, relay and
 * receiver would always wait for the others.
 */
export const BULK_WINDOW_BYTES: number = 4 * (WIRE.packetBytes + 512);

/** Of the window, what messages without attachments may fill: many small ones under way cost more memory than they gain speed. */
export const TEXT_WINDOW_BYTES = 1_048_576;

/** Bytes of one stream that wait for their turn; above it the stream's writer waits. */
export const LANE_BYTES = 131_072;
