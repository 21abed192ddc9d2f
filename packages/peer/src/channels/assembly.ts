const FIRST_BYTES = 1_048_576;

/** Puts the content of something large together. It grows as content comes, not because somebody said that it would. */
export class Assembly {
  readonly total: number;
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(total: number) {
    this.total = total;
    this.#bytes = new Uint8Array(Math.min(total, FIRST_BYTES));
  }

  /** @returns false when more comes than was said. */
  add(chunk: Uint8Array): boolean {
    const length = this.#length + chunk.length;
    if (length > this.total) return false;
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.min(this.total, Math.max(length, 2 * this.#bytes.length)));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(chunk, this.#length);
    this.#length = length;
    return true;
  }

  /** The content; undefined when some is missing. */
  finish(): Uint8Array<ArrayBuffer> | undefined {
    return this.#length === this.total ? this.#bytes : undefined;
  }
}
