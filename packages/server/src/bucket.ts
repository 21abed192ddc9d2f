/** How fast a bucket refills, and how much it holds. Both may be `Infinity`. */
export interface BucketSpec {
  readonly perSecond: number;
  readonly burst: number;
}

/** How often a client may overdraw its burst, by ignoring refusals, before it is cut off. */
const maxDebtBursts = 10;

/**
 * Tokens that refill steadily. Whatever is taken is charged, granted or not: who ignores refusals sinks into debt. A bucket that is
 * not empty grants any amount, so that one packet larger than the burst still passes.
 */
export class Bucket {
  readonly #spec: BucketSpec;
  #level: number;
  #at: number;

  /** `now` in milliseconds, by the clock that is handed to the other methods too. */
  constructor(spec: BucketSpec, now: number) {
    this.#spec = spec;
    this.#level = spec.burst;
    this.#at = now;
  }

  /** Charges `amount`. @returns false when the bucket was empty before: the caller refuses. */
  take(amount: number, now: number): boolean {
    this.#refill(now);
    const granted = this.#level > 0;
    this.#level -= amount;
    return granted;
  }

  /** The same, but what is not granted is not charged: for those who cannot know of each other. */
  takeIfAny(amount: number, now: number): boolean {
    this.#refill(now);
    const granted = this.#level > 0;
    if (granted) this.#level -= amount;
    return granted;
  }

  /** Is it as a new one? */
  isFull(now: number): boolean {
    this.#refill(now);
    return this.#level >= this.#spec.burst;
  }

  /** Was it overdrawn by a whole burst? */
  isDeep(now: number): boolean {
    this.#refill(now);
    return this.#level < -this.#spec.burst;
  }

  /** Is more than half of it used? */
  isHalfUsed(now: number): boolean {
    this.#refill(now);
    return this.#level < this.#spec.burst / 2;
  }

  /** Is it overdrawn? */
  isOwing(now: number): boolean {
    this.#refill(now);
    return this.#level < 0;
  }

  /** Is anything left? Charges nothing. */
  hasAny(now: number): boolean {
    this.#refill(now);
    return this.#level > 0;
  }

  /** Has it recovered so far that going on makes sense (an eighth of the burst)? */
  hasRecovered(now: number): boolean {
    this.#refill(now);
    return this.#level >= this.#spec.burst / 8;
  }

  /** Was it overdrawn ten times over? */
  isSunk(): boolean {
    return this.#level < -maxDebtBursts * this.#spec.burst;
  }

  #refill(now: number): void {
    if (now <= this.#at) return;
    this.#level = Math.min(this.#spec.burst, this.#level + ((now - this.#at) / 1000) * this.#spec.perSecond);
    this.#at = now;
  }
}
