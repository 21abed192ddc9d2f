import type { PeerloomError } from "@peerloom/core";
import type { BufferPool } from "./buffer-pool.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { LaneOut } from "./lane-out.ts";
import { FRAME_OVERHEAD_BYTES } from "./packer.ts";
import type { Parcel } from "./packet.ts";
import { DATA_HEADER_BYTES, FLAG, FRAME, WIRE_LIMITS } from "./wire.ts";

/** The large things on their way out. They take turns, packet by packet, so that none waits for another. */
export class LanesOut {
  readonly #pool: BufferPool;
  packetBytes: number;
  /** In the order of their turns. */
  readonly #active = new Map<number, LaneOut>();
  readonly #waiting: LaneOut[] = [];
  /** Ended, but not acknowledged: the other side may still refuse them. */
  readonly #ending = new Map<number, LaneOut>();

  constructor(pool: BufferPool, packetBytes: number) {
    this.#pool = pool;
    this.packetBytes = packetBytes;
  }

  get count(): number {
    return this.#active.size + this.#waiting.length;
  }

  /** Has any of them something that may be sent now? */
  get isReady(): boolean {
    for (const lane of this.#active.values()) if (lane.isReady) return true;
    return false;
  }

  /** Bytes of content that wait. */
  get bytes(): number {
    if (this.#active.size === 0) return 0;
    let bytes = 0;
    for (const lane of this.#active.values()) bytes += lane.bytes;
    for (const lane of this.#waiting) bytes += lane.bytes;
    return bytes;
  }

  add(lane: LaneOut): void {
    this.#waiting.push(lane);
    this.#admit();
  }

  get(id: number): LaneOut | undefined {
    return this.#active.get(id) ?? this.#ending.get(id);
  }

  /** Forgets a lane. @returns whether the other side knows of it. */
  remove(lane: LaneOut): boolean {
    const index = this.#waiting.indexOf(lane);
    if (index !== -1) this.#waiting.splice(index, 1);
    lane.clear();
    this.#active.delete(lane.id);
    this.#ending.delete(lane.id);
    this.#admit();
    return lane.isOpened;
  }

  /** The next packet: the lanes that have something, from the one whose turn it is, as many as fit. `advance` brings those that may follow. */
  take(advance: () => void): Parcel | undefined {
    let writer: ByteWriter | undefined;
    const done: (() => void)[] = [];
    const visited = new Set<LaneOut>();
    for (let lane = this.#next(visited); lane !== undefined; lane = this.#next(visited)) {
      visited.add(lane);
      writer ??= new ByteWriter(this.#pool, this.packetBytes, DATA_HEADER_BYTES);
      if (!this.#write(lane, writer, done)) continue;
      // Behind the others; one that is done makes room.
      this.#active.delete(lane.id);
      if (lane.isEnded) {
        this.#admit();
        advance();
      } else this.#active.set(lane.id, lane);
      if (writer.room < 1024) break;
    }
    if (writer === undefined || writer.at === DATA_HEADER_BYTES) return undefined;
    return { size: writer.at, content: writer.take(0), flags: FLAG.lanes, done };
  }

  fail(error: PeerloomError): void {
    const lanes = [...this.#active.values(), ...this.#ending.values(), ...this.#waiting.splice(0)];
    this.#active.clear();
    this.#ending.clear();
    for (const lane of lanes) {
      lane.clear();
      lane.hooks.failed(error);
    }
  }

  #next(visited: ReadonlySet<LaneOut>): LaneOut | undefined {
    for (const lane of this.#active.values()) if (lane.isReady && !visited.has(lane)) return lane;
    return undefined;
  }

  #admit(): void {
    while (this.#active.size < WIRE_LIMITS.maxLanes) {
      const lane = this.#waiting.shift();
      if (lane === undefined) return;
      this.#active.set(lane.id, lane);
      lane.hooks.started?.();
    }
  }

  #write(lane: LaneOut, writer: ByteWriter, done: (() => void)[]): boolean {
    const from = writer.at;
    if (!lane.isOpened && !this.#open(lane, writer)) return false;
    let piece: Uint8Array | undefined;
    while ((piece = lane.take(writer.room - FRAME_OVERHEAD_BYTES)) !== undefined) {
      writer.reserve(piece.length + FRAME_OVERHEAD_BYTES);
      writer.byte(FRAME.chunk);
      writer.uint(lane.id);
      writer.uint(piece.length);
      writer.bytes(piece);
      const { length } = piece;
      const { progress } = lane.hooks;
      if (progress !== undefined) done.push(() => progress(length));
    }
    if (lane.isDrained && writer.room >= FRAME_OVERHEAD_BYTES) {
      writer.reserve(FRAME_OVERHEAD_BYTES);
      writer.byte(FRAME.end);
      writer.uint(lane.id);
      lane.isEnded = true;
      this.#ending.set(lane.id, lane);
      done.push(() => {
        if (this.#ending.delete(lane.id)) lane.hooks.done();
      });
      lane.hooks.ended?.();
    }
    lane.hooks.wanted?.();
    return writer.at > from;
  }

  #open(lane: LaneOut, writer: ByteWriter): boolean {
    const { numbers, text } = lane.head;
    if (writer.room < FRAME_OVERHEAD_BYTES + 8 * numbers.length + 3 * text.length) return false;
    writer.reserve(FRAME_OVERHEAD_BYTES + 8 * numbers.length + 3 * text.length);
    writer.byte(FRAME.open);
    writer.uint(lane.id);
    for (const number of numbers) writer.uint(number);
    writer.text(text);
    lane.isOpened = true;
    return true;
  }
}
