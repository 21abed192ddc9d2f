import { WIRE } from "@peerloom/protocol";
import { Deque } from "./deque.ts";
import { BULK_WINDOW_BYTES, TEXT_WINDOW_BYTES } from "./limits.ts";
import { LostRanges } from "./lost-ranges.ts";
import type { Outbox, OutFrame } from "./outbox.ts";

/** Frames for one packet, numbered from `first`. */
export interface Batch {
  readonly first: number;
  readonly frames: readonly OutFrame[];
}

/**
 * Bytes, bookkeeping included, up to which a packet is filled. Texts count UTF-16 units here, of up to three bytes each: a full
 * packet stays below `WIRE.maxPacketBytes` whatever is in it.
 */
const MAX_PACKET_COST = WIRE.packetBytes * 1.25;

/**
 * The sender's half of the pipe, without I/O and time: numbers frames as they leave, keeps them until they are acknowledged,
 * knows which are lost, and holds back what the window does not allow. The window is `maxBytes` until the path refuses a
 * packet; from then on it halves at each refusal and grows by one packet for each window acknowledged (as RFC 5681 §3.1 does).
 */
export class SendWindow {
  readonly #maxBytes: number;
  readonly #outbox: Outbox;
  readonly #frames = new Deque<OutFrame>();
  readonly #lost = new LostRanges();
  #base = 0;
  #next = 0;
  #bytes = 0;
  #lostBytes = 0;
  #limit: number;
  #shrunkAt = 0;
  /** Of the window, what stream data may fill now. */
  bulkBytes: number = BULK_WINDOW_BYTES;

  constructor(outbox: Outbox, maxBytes: number) {
    this.#outbox = outbox;
    this.#maxBytes = maxBytes;
    this.#limit = maxBytes;
  }

  /** Number of the oldest frame not yet acknowledged. */
  get base(): number {
    return this.#base;
  }

  /** Number the next new frame gets. */
  get next(): number {
    return this.#next;
  }

  /** Bytes sent and not acknowledged. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes that may be under way at once now. */
  get limit(): number {
    return this.#limit;
  }

  get hasUnacknowledged(): boolean {
    return this.#next > this.#base;
  }

  /** Takes the frames of the next packet: lost ones first, then new ones as far as the window allows. */
  take(): Batch | undefined {
    const lost = this.#lost.first;
    return lost === undefined ? this.#takeNew() : this.#takeLost(lost[0], lost[1]);
  }

  /** All frames below `ack` have arrived. Returns false when that tells nothing new, or cannot be true. */
  acknowledge(ack: number): boolean {
    if (ack <= this.#base || ack > this.#next) return false;
    let acknowledged = 0;
    let arrived: (() => void)[] | undefined;
    for (let number = this.#base; number < ack; number++) {
      const frame = this.#frames.shift();
      const bytes = frame?.bytes ?? 0;
      acknowledged += bytes;
      if (frame?.arrived !== undefined) (arrived ??= []).push(frame.arrived);
      if (!this.#lost.isEmpty && this.#lost.has(number)) this.#lostBytes -= bytes;
    }
    this.#base = ack;
    this.#bytes -= acknowledged;
    this.#lost.dropBelow(ack);
    if (this.#limit < this.#maxBytes) this.#limit = Math.min(this.#maxBytes, this.#limit + (WIRE.packetBytes * acknowledged) / this.#limit);
    // Last, because these may send.
    for (const tell of arrived ?? []) tell();
    return true;
  }

  /** Frames `[from, to)` did not arrive; they are sent again first. */
  markLost(from: number, to: number): void {
    const start = Math.max(from, this.#base);
    const end = Math.min(to, this.#next);
    for (let number = start; number < end; number++) {
      if (!this.#lost.has(number)) this.#lostBytes += this.#frames.at(number - this.#base)?.bytes ?? 0;
    }
    this.#lost.add(start, end);
  }

  /** The path has refused a packet for want of room: halves the window, once for all that was under way. */
  shrink(): void {
    if (this.#base < this.#shrunkAt) return;
    this.#shrunkAt = this.#next;
    this.#limit = Math.min(this.#limit, Math.max(WIRE.packetBytes, Math.min(this.#limit, this.#bytes) / 2));
  }

  /** There is another path, about which no refusal has told anything yet. */
  widen(): void {
    this.#limit = this.#maxBytes;
  }

  /** Empties everything and returns the frames that were not acknowledged. */
  clear(): OutFrame[] {
    const frames = [...this.#frames];
    this.#frames.clear();
    this.#lost.clear();
    this.#base = this.#next;
    this.#bytes = 0;
    this.#lostBytes = 0;
    return frames;
  }

  #hasRoomFor({ bytes, isBulk, parts }: OutFrame): boolean {
    const underWay = this.#bytes - this.#lostBytes;
    return underWay <= 0 || underWay + bytes <= Math.min(this.#limit, this.#shareOf(isBulk, parts));
  }

  /** How much of the window frames of this kind may fill. */
  #shareOf(isBulk: boolean | undefined, parts: readonly Uint8Array[]): number {
    if (isBulk) return this.bulkBytes;
    return parts.length > 0 ? Infinity : TEXT_WINDOW_BYTES;
  }

  #takeNew(): Batch | undefined {
    const first = this.#next;
    const frames: OutFrame[] = [];
    let packetBytes = 0;
    for (let frame = this.#outbox.peek(); frame !== undefined; frame = this.#outbox.peek()) {
      packetBytes += frame.bytes;
      if (!this.#hasRoomFor(frame) || (frames.length > 0 && packetBytes > MAX_PACKET_COST)) break;
      this.#outbox.shift();
      this.#frames.push(frame);
      this.#next += 1;
      this.#bytes += frame.bytes;
      frames.push(frame);
      if (frame.parts.length > 0) break;
    }
    return frames.length > 0 ? { first, frames } : undefined;
  }

  /**
   * What the peer waits for in the first place goes again whatever the window says: behind it may lie as much as the window was
   * before it shrank, which the peer has and cannot acknowledge.
   */
  #takeLost(from: number, to: number): Batch | undefined {
    const isAwaited = from === this.#base;
    const frames: OutFrame[] = [];
    let packetBytes = 0;
    for (let number = from; number < to; number++) {
      const frame = this.#frames.at(number - this.#base);
      packetBytes += frame?.bytes ?? 0;
      if (frame === undefined || (!isAwaited && !this.#hasRoomFor(frame)) || (frames.length > 0 && packetBytes > MAX_PACKET_COST)) break;
      this.#lostBytes -= frame.bytes;
      frames.push(frame);
      if (frame.parts.length > 0) break;
    }
    this.#lost.dropBelow(from + frames.length);
    return frames.length > 0 ? { first: from, frames } : undefined;
  }
}
