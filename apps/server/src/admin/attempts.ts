/** Failures an address may have in one window, and all addresses together. */
const perAddress = 5;
const together = 50;
const windowMs = 60_000;

/** Slows down those who guess: after five failures an address waits for the rest of the minute, and after fifty everybody does. */
export class Attempts {
  readonly #now: () => number;
  readonly #failures = new Map<string, number>();
  #windowStart = -Infinity;
  #total = 0;

  /** `now` is a clock in milliseconds that never goes back. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Addresses that failed in this window; at most as many as may fail together. */
  get size(): number {
    return this.#failures.size;
  }

  /** Milliseconds until this address may try again; 0: now. */
  waitMs(address: string): number {
    this.#turn();
    const isSpent = this.#total >= together || (this.#failures.get(address) ?? 0) >= perAddress;
    return isSpent ? Math.max(1, this.#windowStart + windowMs - this.#now()) : 0;
  }

  failed(address: string): void {
    this.#turn();
    this.#failures.set(address, (this.#failures.get(address) ?? 0) + 1);
    this.#total += 1;
  }

  /** A window begins when somebody tries after the last one ended. */
  #turn(): void {
    const now = this.#now();
    if (now < this.#windowStart + windowMs) return;
    this.#windowStart = now;
    this.#failures.clear();
    this.#total = 0;
  }
}
