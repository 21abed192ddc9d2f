/** Buffers of one size that are used again: at tens of megabytes a second, collecting them would cost more than filling them. */
export class BufferPool {
  readonly size: number;
  readonly #max: number;
  readonly #free: Uint8Array<ArrayBuffer>[] = [];

  /** Keeps at most `max` buffers that nobody uses. */
  constructor(size: number, max: number) {
    this.size = size;
    this.#max = max;
  }

  take(): Uint8Array<ArrayBuffer> {
    return this.#free.pop() ?? new Uint8Array(this.size);
  }

  /** Takes back what lies in a buffer of this pool; anything else is ignored. */
  give({ buffer }: Uint8Array<ArrayBuffer>): void {
    if (buffer.byteLength === this.size && this.#free.length < this.#max) this.#free.push(new Uint8Array(buffer));
  }

  /** Lets all but `count` go: for a while nobody will need more. */
  trim(count: number): void {
    if (this.#free.length > count) this.#free.length = count;
  }
}
