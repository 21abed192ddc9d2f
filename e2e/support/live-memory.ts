/** Bytes that are in use once the garbage is gone; the process must have been started with `--expose-gc`. */
function liveBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Watches how much memory this process uses beyond what it used at the start. */
export class MemoryWatch {
  readonly #idle: number;
  readonly #idleRss: number = process.memoryUsage.rss();
  readonly #timer: NodeJS.Timeout;
  #peak = 0;
  #peakRss = 0;

  constructor(everyMs = 100) {
    // What the first collections leave may be dropped by later ones.
    for (let n = 0; n < 3; n++) liveBytes();
    this.#idle = liveBytes();
    this.#timer = setInterval(() => this.#look(), everyMs);
  }

  /** Stops, and says the peaks above idle in bytes. */
  stop(): MemoryPeak {
    clearInterval(this.#timer);
    this.#look();
    return { live: this.#peak, rss: this.#peakRss };
  }

  #look(): void {
    this.#peakRss = Math.max(this.#peakRss, process.memoryUsage.rss() - this.#idleRss);
    this.#peak = Math.max(this.#peak, liveBytes() - this.#idle);
  }
}

export interface MemoryPeak {
  readonly live: number;
  readonly rss: number;
}
