/** Lets something happen no more often than each `everyMs`. */
export class Pace {
  readonly #everyMs: number;
  readonly #now: () => number;
  #lastAt = -Infinity;

  constructor(everyMs: number, now: () => number) {
    this.#everyMs = everyMs;
    this.#now = now;
  }

  /** May it happen now? Then it counts as done. */
  take(): boolean {
    const now = this.#now();
    if (now - this.#lastAt < this.#everyMs) return false;
    this.#lastAt = now;
    return true;
  }
}
