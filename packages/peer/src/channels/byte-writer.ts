import type { BufferPool } from "./buffer-pool.ts";

const encoder = new TextEncoder();

/** Bytes of a buffer that has not needed more yet. */
const FIRST_BYTES = 1_024;

/** UTF-16 units up to which a loop writes a text sooner than the encoder does: a call of that costs much in browsers, and little in Node. */
const LOOP_UNITS = "process" in globalThis ? 40 : 160;

/** Writes frames into one buffer, which becomes one of the pool's when it needs more. What it is given must fit: ask `room`, then `reserve`. */
export class ByteWriter {
  readonly #pool: BufferPool;
  /** Never given away: each packet begins in it. */
  readonly #first: Uint8Array<ArrayBuffer>;
  #bytes: Uint8Array<ArrayBuffer>;
  at: number;
  /** Bytes that may be written: not more than a buffer of the pool has. */
  limit: number;

  constructor(pool: BufferPool, limit: number, from: number) {
    this.#pool = pool;
    this.limit = limit;
    this.#first = new Uint8Array(Math.min(FIRST_BYTES, pool.size));
    this.#bytes = this.#first;
    this.at = from;
  }

  get room(): number {
    return this.limit - this.at;
  }

  /** Makes sure that this many bytes can be written. */
  reserve(bytes: number): void {
    if (this.at + bytes <= this.#bytes.length || this.#bytes.length === this.#pool.size) return;
    const grown = this.#pool.take();
    grown.set(this.#bytes.subarray(0, this.at));
    this.#bytes = grown;
  }

  byte(value: number): void {
    this.#bytes[this.at++] = value;
  }

  /** An unsigned integer up to 2^53 - 1, seven bits a byte, lowest first. */
  uint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.at++] = rest;
  }

  bytes(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** A text with its length before it. Needs room for three bytes a UTF-16 unit. */
  text(text: string): void {
    const start = this.at;
    const { length } = text;
    this.uint(length);
    const bytes = this.#bytes;
    let at = this.at;
    // Short texts are mostly ASCII.
    if (length <= LOOP_UNITS) {
      let index = 0;
      while (index < length) {
        const unit = text.charCodeAt(index);
        if (unit >= 0x80) break;
        bytes[at++] = unit;
        index += 1;
      }
      if (index === length) {
        this.at = at;
        return;
      }
    } else {
      const { written } = encoder.encodeInto(text, bytes.subarray(at));
      if (written === length) {
        this.at = at + written;
        return;
      }
    }
    const encoded = encoder.encode(text);
    this.at = start;
    this.uint(encoded.length);
    this.bytes(encoded);
  }

  /** What was written, a copy unless that is most of the buffer; the writer starts again at `from`. */
  take(from: number): Uint8Array<ArrayBuffer> {
    const bytes = this.#bytes;
    const isMost = bytes !== this.#first && this.at * 2 > bytes.length;
    const taken = isMost ? bytes.subarray(0, this.at) : bytes.slice(0, this.at);
    if (isMost) this.#bytes = this.#first;
    this.at = from;
    return taken;
  }
}

/** Writes an unsigned integer of 48 bits, lowest byte first. */
export function putUint48(bytes: Uint8Array, at: number, value: number): void {
  let rest = value;
  for (let index = at; index < at + 6; index++) {
    bytes[index] = rest % 0x100;
    rest = Math.floor(rest / 0x100);
  }
}

/** Reads what `putUint48` wrote; the bytes must be there. */
export function getUint48(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let index = at + 5; index >= at; index--) value = value * 0x100 + (bytes[index] ?? 0);
  return value;
}
