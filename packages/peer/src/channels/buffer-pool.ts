/** Milliseconds after which buffers that nobody needed are let go. */
const REST_MS = 1_000;
/** Buffers that are kept even then. */
const RESTING = 4;

/** Buffers of one size that are used again: at tens of megabytes a second, collecting them would cost more than filling them. */
export class BufferPool {
  readonly size: number;
  readonly #max: number;
  readonly #free: Uint8Array<ArrayBuffer>[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Keeps at most `max` buffers that nobody uses. */
  constructor(size: number, max: number) {
    this.size = size;
    this.#max = max;
  }

  /** Buffers that are kept. */
  get count(): number {
    return this.#free.length;
  }

  take(): Uint8Array<ArrayBuffer> {
    this.#stopResting();
    return this.#free.pop() ?? new Uint8Array(this.size);
  }

  /** Takes back what lies in a buffer of this pool; anything else is ignored. */
  give({ buffer }: Uint8Array<ArrayBuffer>): void {
    if (buffer.byteLength === this.size && this.#free.length < this.#max) this.#free.push(new Uint8Array(buffer));
  }

  /** None is in use: lets most of them go, unless one is needed within a second. */
  rest(): void {
    if (this.#timer !== undefined || this.#free.length <= RESTING) return;
    const timer: unknown = setTimeout(this.#shrink, REST_MS);
    this.#timer = timer as ReturnType<typeof setTimeout>;
    // In Node it keeps no process alive.
    (timer as { readonly unref?: () => void }).unref?.();
  }

  clear(): void {
    this.#stopResting();
    this.#free.length = 0;
  }

  readonly #shrink = (): void => {
    this.#timer = undefined;
    this.#free.length = Math.min(this.#free.length, RESTING);
  };

  #stopResting(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
