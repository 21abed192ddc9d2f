import { PeerloomError, type Packet } from "@peerloom/core";
import { utf8Length, WIRE, type EncodedFrame } from "@peerloom/protocol";
import { Deque } from "../deque.ts";
import { FRAME_OVERHEAD_BYTES } from "../limits.ts";
import type { RoomLimits } from "./limits.ts";
import type { Replay } from "./replay.ts";
import { decodeRoomFrame, encodeRoomPacket } from "./room-packet.ts";

interface StoredFrame extends EncodedFrame {
  readonly bytes: number;
}

/** A room packet to be sent, and the number after its last event. */
export interface RoomBatch {
  readonly packet: Packet;
  readonly next: number;
}

/** Room in a packet for what is around its frames. */
const packetOverheadBytes = 128;

/**
 * What one client publishes in one room, without I/O and time: numbers its events, holds those not yet sent, and keeps the sent
 * ones within a budget so that members can ask for what they missed.
 */
export class RoomPublisher {
  readonly #instance: string;
  readonly #limits: RoomLimits;
  readonly #frames = new Deque<StoredFrame>();
  /** Number of the first frame still kept. */
  #start: number;
  /** Number of the next frame to be sent: this publisher's `head`. */
  #head: number;
  #sentBytes = 0;
  #queuedBytes = 0;
  #maxPacketBytes: number = WIRE.maxPacketBytes;

  /** `start` is the number of its first event: higher than all this instance used in the room before. */
  constructor(instance: string, limits: RoomLimits, start = 0) {
    this.#instance = instance;
    this.#limits = limits;
    this.#start = start;
    this.#head = start;
  }

  /** The number after the last event that was sent. */
  get head(): number {
    return this.#head;
  }

  /** The number after the last event, sent or not. */
  get end(): number {
    return this.#start + this.#frames.length;
  }

  /** Number of the oldest event that is still kept. */
  get oldest(): number {
    return this.#start;
  }

  /** Bytes that wait to be sent. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  get hasQueued(): boolean {
    return this.#head < this.end;
  }

  /** Bytes kept in all, sent and unsent. */
  get bytes(): number {
    return this.#sentBytes + this.#queuedBytes;
  }

  /** The largest packet the relay takes, in bytes. */
  set maxPacketBytes(bytes: number) {
    this.#maxPacketBytes = bytes;
  }

  /**
   * Queues an event; its binaries are copied.
   *
   * @returns false when more than the high-water mark waits.
   * @throws PeerloomError `TOO_LARGE` when it does not fit into one packet, `OVERFLOW` when too much waits already.
   */
  push({ text, parts }: EncodedFrame): boolean {
    const size = parts.reduce((sum, part) => sum + part.length, utf8Length(text));
    const most = this.#maxPacketBytes - packetOverheadBytes;
    if (size > most) throw new PeerloomError("TOO_LARGE", `an event of ${size} bytes is over a room's limit of ${most}`);
    if (parts.length > WIRE.maxAttachments) {
      throw new PeerloomError(
        "TOO_LARGE",
        `an event of a room carries at most ${WIRE.maxAttachments} binaries over ${WIRE.inlineBytes} bytes`,
      );
    }
    const bytes = size + FRAME_OVERHEAD_BYTES;
    if (this.#queuedBytes + bytes > this.#limits.maxQueuedBytes) {
      throw new PeerloomError("OVERFLOW", `${this.#queuedBytes} bytes already wait for the room; await drained() when emit returns false`);
    }
    this.#frames.push({ text, parts: parts.map((part) => part.slice()), bytes });
    this.#queuedBytes += bytes;
    return this.#queuedBytes <= this.#limits.highWaterBytes;
  }

  /** The next packet, without taking its events from the queue: `sent` does that. */
  peek(): RoomBatch | undefined {
    const frames: StoredFrame[] = [];
    const room = Math.min(WIRE.packetBytes, this.#maxPacketBytes - packetOverheadBytes);
    let bytes = 0;
    for (let index = this.#head - this.#start; index < this.#frames.length; index++) {
      const frame = this.#frames.at(index);
      if (frame === undefined || (frames.length > 0 && bytes + frame.bytes > room)) break;
      frames.push(frame);
      bytes += frame.bytes;
      if (frame.parts.length > 0) break;
    }
    return frames.length === 0
      ? undefined
      : { packet: encodeRoomPacket(this.#instance, this.#head, frames), next: this.#head + frames.length };
  }

  /** The events below `next` have left; they belong to the history now. */
  sent(next: number): void {
    for (; this.#head < next && this.hasQueued; this.#head++) {
      const bytes = this.#frames.at(this.#head - this.#start)?.bytes ?? 0;
      this.#queuedBytes -= bytes;
      this.#sentBytes += bytes;
    }
    while (this.#sentBytes > this.#limits.historyBytes || this.#head - this.#start > this.#limits.historyEvents) this.#dropOldest();
  }

  /** A packet without events: it only tells `head`. */
  tail(): RoomBatch {
    return { packet: encodeRoomPacket(this.#instance, this.#head, []), next: this.#head };
  }

  /** About one packet of the history from number `from` on; later when it no longer goes back that far. */
  replay(from: number): Replay {
    const start = Math.max(from, this.#start);
    const events = [];
    let bytes = 0;
    for (let number = start; number < this.#head; number++) {
      const frame = this.#frames.at(number - this.#start);
      const event = frame && decodeRoomFrame(frame);
      if (frame === undefined || event === undefined || (events.length > 0 && bytes + frame.bytes > WIRE.packetBytes)) break;
      events.push(event);
      bytes += frame.bytes;
    }
    return { from: start, next: this.#head, events };
  }

  /** Drops the history, so that nothing of it is replayed. */
  forget(): void {
    while (this.#start < this.#head) this.#dropOldest();
  }

  /** Drops everything. Returns how many events had not been sent. */
  clear(): number {
    this.forget();
    const unsent = this.#frames.length;
    this.#frames.clear();
    this.#start += unsent;
    this.#head = this.#start;
    this.#queuedBytes = 0;
    return unsent;
  }

  #dropOldest(): void {
    this.#sentBytes -= this.#frames.shift()?.bytes ?? 0;
    this.#start += 1;
  }
}
