/** Runs one operation after the other, and gives up all of them at the end: W3C's chain of a connection. */
export class Operations {
  readonly #waiting = new Set<(reason: unknown) => void>();
  readonly #idle: () => void;
  #last: Promise<void> = Promise.resolve();
  #running = 0;
  #ended: unknown;

  /** `idle` is called each time the last operation is done. */
  constructor(idle: () => void) {
    this.#idle = idle;
  }

  /** Operations that were asked for and are not done. */
  get size(): number {
    return this.#running;
  }

  /** Starts when all that was asked for before is done. Rejects with what `run` throws. */
  run<T>(run: () => Promise<T>): Promise<T> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    this.#running++;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.add(reject);
      this.#last = this.#last
        .then(() => (this.#ended === undefined ? run().then(resolve) : undefined))
        .catch(reject)
        .finally(() => {
          this.#waiting.delete(reject);
          this.#running--;
          if (this.#running === 0 && this.#ended === undefined) this.#idle();
        });
    });
  }

  /** Rejects what was asked for, now and later. */
  end(reason: unknown): void {
    this.#ended = reason;
    for (const reject of this.#waiting) reject(reason);
    this.#waiting.clear();
  }
}
