/** A timer that is started far more often than it fires: starting a running one costs a comparison, not a new timer. */
export class LazyTimer {
  readonly #fire: () => void;
  #handle: ReturnType<typeof setTimeout> | undefined;

  constructor(fire: () => void) {
    this.#fire = fire;
  }

  get isRunning(): boolean {
    return this.#handle !== undefined;
  }

  /** Starts it unless it runs; `delayMs` in milliseconds. */
  start(delayMs: number): void {
    if (this.#handle !== undefined) return;
    this.#handle = setTimeout(() => {
      this.#handle = undefined;
      this.#fire();
    }, delayMs);
  }

  stop(): void {
    clearTimeout(this.#handle);
    this.#handle = undefined;
  }
}
