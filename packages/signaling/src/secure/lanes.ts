import { PeerloomError } from "@peerloom/core";

/**
 * Runs asynchronous work in the order it came, one lane for each key: what one peer says stays in order, and nobody waits for
 * another. Bounded in number and bytes over all lanes.
 */
export class Lanes {
  readonly #maxCount: number;
  readonly #maxBytes: number;
  readonly #tails = new Map<string, Promise<unknown>>();
  #count = 0;
  #bytes = 0;

  constructor({ maxCount, maxBytes }: { readonly maxCount: number; readonly maxBytes: number }) {
    this.#maxCount = maxCount;
    this.#maxBytes = maxBytes;
  }

  /** What waits or runs. */
  get count(): number {
    return this.#count;
  }

  /** Rejects with `OVERFLOW`, and does nothing, when too much waits. */
  async run<T>(key: string, bytes: number, work: () => Promise<T>): Promise<T> {
    if (this.#count >= this.#maxCount || this.#bytes + bytes > this.#maxBytes)
      throw new PeerloomError("OVERFLOW", `${this.#count} messages wait to be read or sealed already`);
    this.#count += 1;
    this.#bytes += bytes;
    const before = this.#tails.get(key);
    const running = before === undefined ? work() : before.then(work);
    const tail = running.then(ignore, ignore);
    this.#tails.set(key, tail);
    try {
      return await running;
    } finally {
      this.#count -= 1;
      this.#bytes -= bytes;
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    }
  }
}

function ignore(): void {}
