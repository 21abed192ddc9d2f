interface Item {
  readonly bytes: number;
  readonly work: () => void | Promise<void>;
}

/** Runs work in the order it came, one piece after the other; at once when nothing is before it. */
export class Lane {
  readonly #changed: (bytes: number) => void;
  readonly #failed: (error: unknown) => void;
  #items: Item[] = [];
  #isRunning = false;
  #bytes = 0;

  /** `changed`: so many bytes more wait, or less. `failed`: work has thrown. */
  constructor(changed: (bytes: number) => void, failed: (error: unknown) => void) {
    this.#changed = changed;
    this.#failed = failed;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** True while something runs or waits. */
  get isBusy(): boolean {
    return this.#isRunning;
  }

  push(bytes: number, work: () => void | Promise<void>): void {
    this.#items.push({ bytes, work });
    this.#count(bytes);
    if (!this.#isRunning) void this.#run();
  }

  /** Forgets what waits. */
  clear(): void {
    for (const { bytes } of this.#items.splice(0)) this.#count(-bytes);
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let item = this.#items.shift(); item !== undefined; item = this.#items.shift()) {
      try {
        const running = item.work();
        if (running !== undefined) await running;
      } catch (thrown) {
        this.#failed(thrown);
      }
      this.#count(-item.bytes);
    }
    this.#isRunning = false;
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#changed(bytes);
  }
}
