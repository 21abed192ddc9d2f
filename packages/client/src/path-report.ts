/** Peers with a session, by the path that packets to them take. */
export interface PathCounts {
  readonly direct: number;
  readonly relayed: number;
}

/** How often the paths are looked at, in milliseconds. */
const everyMs = 10_000;

/** Tells the relay how many peers are reached by which path, when that has changed: no relay sees what goes past it, and its operator wants to know how much does. */
export class PathReport {
  readonly #count: () => PathCounts;
  readonly #tell: (counts: PathCounts) => Promise<unknown>;
  readonly #timer: ReturnType<typeof setInterval>;
  #told: PathCounts = { direct: 0, relayed: 0 };

  constructor(count: () => PathCounts, tell: (counts: PathCounts) => Promise<unknown>) {
    this.#count = count;
    this.#tell = tell;
    this.#timer = setInterval(() => this.#look(), everyMs);
  }

  /** There is a new connection, perhaps to a relay that has been told nothing yet. */
  connected(): void {
    this.#told = { direct: 0, relayed: 0 };
    this.#look();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const counts = this.#count();
    if (counts.direct === this.#told.direct && counts.relayed === this.#told.relayed) return;
    this.#told = counts;
    // It is for a statistic: a relay that does not want to know may say so.
    this.#tell(counts).catch(() => {});
  }
}
