/**
 * Runs tasks one after another. Holds `max` at most. A task that throws is reported and stops none of the others; after `close` no
 * task begins.
 */
export class TaskQueue {
  readonly #max: number;
  readonly #report: (thrown: unknown) => void;
  #tasks: (() => Promise<void>)[] = [];
  #isRunning = false;
  #isClosed = false;

  constructor(report: (thrown: unknown) => void, max = 256) {
    this.#report = report;
    this.#max = max;
  }

  get size(): number {
    return this.#tasks.length;
  }

  /** Returns false when there are too many tasks, or none is run any more. */
  add(task: () => Promise<void>): boolean {
    if (this.#isClosed || this.#tasks.length >= this.#max) return false;
    this.#tasks.push(task);
    if (!this.#isRunning) void this.#run();
    return true;
  }

  close(): void {
    this.#isClosed = true;
    this.#tasks = [];
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) {
      try {
        await task();
      } catch (thrown) {
        if (!this.#isClosed) this.#report(thrown);
      }
    }
    this.#isRunning = false;
  }
}
