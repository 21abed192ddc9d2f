/** The longest delay `setTimeout` keeps (2^31 - 1 ms). */
const maxDelayMs = 2_147_483_647;

/** In Node, a timer keeps its process alive or does not; in browsers there is nothing of that. */
interface Holding {
  ref?(): unknown;
  unref?(): unknown;
}

/**
 * One timer for many points in time, of which most pass without anybody waiting any more: it is set for the nearest, and who waits is
 * looked through when it rings. A timer for each would cost more than a request does otherwise.
 */
export class Alarm {
  readonly #ring: (now: number) => number;
  #handle: ReturnType<typeof setTimeout> | undefined;
  #at = Infinity;

  /** `ring` is told the time, ends what is due, and returns when it wants to be called next. */
  constructor(ring: (now: number) => number) {
    this.#ring = ring;
  }

  /** Rings at `at` at the latest, in milliseconds of `performance.now()`; `Infinity` is never. */
  set(at: number): void {
    if (at >= this.#at) {
      if (at < Infinity) (this.#handle as Holding | undefined)?.ref?.();
      return;
    }
    clearTimeout(this.#handle);
    this.#at = at;
    this.#handle = setTimeout(() => this.#onTimer(), Math.min(at - performance.now(), maxDelayMs));
  }

  /** Nobody waits at present: it goes on, and keeps no process alive until it is set again. */
  rest(): void {
    (this.#handle as Holding | undefined)?.unref?.();
  }

  stop(): void {
    clearTimeout(this.#handle);
    this.#handle = undefined;
    this.#at = Infinity;
  }

  #onTimer(): void {
    this.#handle = undefined;
    this.#at = Infinity;
    this.set(this.#ring(performance.now()));
  }
}
