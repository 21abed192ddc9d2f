import type { BufferPool } from "./buffer-pool.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { Parcel } from "./packet.ts";
import { MAX_SOLE_LENGTH, type SoleText } from "./text-packet.ts";
import { contentBytes, type EncodedValue } from "./values.ts";
import { FRAME } from "./wire.ts";

/** Bytes of a frame's kind, number and length at most. */
export const FRAME_OVERHEAD_BYTES = 18;

/** Gathers small frames in the order in which they are written, as many in one packet as fit. */
export class Packer {
  readonly #writer: ByteWriter;
  readonly #headerBytes: number;
  #fullBytes: number;
  readonly #hasTexts: boolean;
  /** A short text that is alone in the open packet, not written yet. */
  #sole: SoleText | undefined;
  #done: (() => void)[] = [];
  #flags = 0;
  #sealed: Parcel[] = [];
  #head = 0;
  #sealedBytes = 0;
  #closedCount = 0;
  #takenCount = 0;

  /** Packets are closed when they have reached `fullBytes`; a frame may be as large as `packetBytes` lets it. With `hasTexts` a short text that stays alone is a packet of its own kind. */
  constructor(pool: BufferPool, packetBytes: number, headerBytes: number, fullBytes: number, hasTexts: boolean) {
    this.#writer = new ByteWriter(pool, packetBytes, headerBytes);
    this.#headerBytes = headerBytes;
    this.#fullBytes = fullBytes;
    this.#hasTexts = hasTexts;
  }

  /** Lets packets be larger from now on. */
  widen(packetBytes: number): void {
    this.#writer.limit = packetBytes;
    this.#fullBytes = packetBytes;
  }

  /** Bytes that wait. */
  get bytes(): number {
    return this.#sealedBytes + this.#openBytes;
  }

  /** Packets that are full and wait. */
  get fullCount(): number {
    return this.#sealed.length - this.#head;
  }

  /** A mark behind all that was written so far; `isPast` says when that has been taken. */
  mark(): number {
    return this.#closedCount + (this.#openBytes > 0 ? 1 : 0);
  }

  isPast(mark: number): boolean {
    return this.#takenCount >= mark;
  }

  get #openBytes(): number {
    return this.#sole === undefined ? this.#writer.at - this.#headerBytes : this.#sole.text.length + FRAME_OVERHEAD_BYTES;
  }

  /** Writes a frame that carries a value. @returns false when it is larger than a packet. */
  value(kind: number, id: number | undefined, value: EncodedValue, done?: () => void): boolean {
    let { content } = value;
    if (
      this.#hasTexts &&
      kind === FRAME.message &&
      typeof content === "string" &&
      content.length <= MAX_SOLE_LENGTH &&
      this.#openBytes === 0
    ) {
      this.#sole = { type: value.type as SoleText["type"], text: content };
      if (done !== undefined) this.#done.push(done);
      return true;
    }
    // A text is measured only when its upper bound does not fit.
    if (typeof content === "string" && content.length * 3 > this.#writer.room - FRAME_OVERHEAD_BYTES) content = contentBytes(value);
    const bytes = typeof content === "string" ? content.length : content.length + FRAME_OVERHEAD_BYTES;
    const writer = this.#begin(bytes);
    if (writer === undefined) return false;
    writer.reserve(typeof content === "string" ? bytes * 3 + FRAME_OVERHEAD_BYTES : bytes);
    writer.byte(kind | value.type);
    if (id !== undefined) writer.uint(id);
    if (typeof content === "string") writer.text(content);
    else {
      writer.uint(content.length);
      writer.bytes(content);
    }
    if (done !== undefined) this.#done.push(done);
    return true;
  }

  /** Writes a frame of numbers and, at its end, maybe a text. @returns false when it is larger than a packet. */
  control(kind: number, numbers: readonly number[], text?: string, flags = 0): boolean {
    const bytes = FRAME_OVERHEAD_BYTES + numbers.length * 8 + (text === undefined ? 0 : text.length * 3);
    const writer = this.#begin(bytes);
    if (writer === undefined) return false;
    writer.reserve(bytes);
    writer.byte(kind);
    for (const number of numbers) writer.uint(number);
    this.#flags |= flags;
    if (text !== undefined) writer.text(text);
    return true;
  }

  /** The next packet; with `isOpenToo` even one that is not full. */
  take(isOpenToo: boolean): Parcel | undefined {
    if (this.fullCount === 0) {
      if (!isOpenToo || this.#openBytes === 0) return undefined;
      this.#takenCount += 1;
      return this.#close();
    }
    this.#takenCount += 1;
    const parcel = this.#sealed[this.#head++];
    this.#sealedBytes -= parcel?.size ?? 0;
    if (this.#head === this.#sealed.length) {
      this.#sealed = [];
      this.#head = 0;
    } else if (this.#head === 1024) {
      this.#sealed = this.#sealed.slice(1024);
      this.#head = 0;
    }
    return parcel;
  }

  clear(): void {
    this.#close();
    this.#sealed = [];
    this.#head = 0;
    this.#sealedBytes = 0;
  }

  #begin(bytes: number): ByteWriter | undefined {
    this.#writeSole();
    const isFull = this.#openBytes > 0 && (this.#writer.at + bytes > this.#fullBytes || bytes > this.#writer.room);
    if (isFull) {
      const parcel = this.#close();
      this.#sealed.push(parcel);
      this.#sealedBytes += parcel.size;
    }
    return bytes <= this.#writer.room ? this.#writer : undefined;
  }

  /** It is not alone any more. */
  #writeSole(): void {
    const sole = this.#sole;
    if (sole === undefined) return;
    this.#sole = undefined;
    this.#writer.reserve(sole.text.length * 3 + FRAME_OVERHEAD_BYTES);
    this.#writer.byte(FRAME.message | sole.type);
    this.#writer.text(sole.text);
  }

  #close(): Parcel {
    const size = this.#headerBytes + this.#openBytes;
    const content = this.#sole ?? this.#writer.take(this.#headerBytes);
    const parcel = { content, size, flags: this.#flags, done: this.#done };
    this.#sole = undefined;
    this.#flags = 0;
    this.#done = [];
    this.#closedCount += 1;
    return parcel;
  }
}
