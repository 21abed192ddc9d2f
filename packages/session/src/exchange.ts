/** Requests of Peerloom's own that do not tell that two programs talk with each other. */
const quiet: ReadonlySet<string> = new Set(["peerloom:hello", "peerloom:replay", "peerloom:start", "peerloom:direct"]);

/** Notices when both sides of a conversation have spoken, or much has been said, and tells it once. */
export class Exchange {
  readonly #tell: () => void;
  #hasSpoken = false;
  #hasHeard = false;
  #isTold = false;

  constructor(tell: () => void) {
    this.#tell = tell;
  }

  /** This side says something. */
  speaks(name: string): void {
    if (this.#hasSpoken || quiet.has(name)) return;
    this.#hasSpoken = true;
    this.#look(false);
  }

  /** The other side has said something. */
  hears(name: string): void {
    if (this.#hasHeard || quiet.has(name)) return;
    this.#hasHeard = true;
    this.#look(false);
  }

  /** The other side has answered something: the first thing this side said, or one after it. */
  isAnswered(): void {
    if (!this.#hasSpoken || this.#hasHeard) return;
    this.#hasHeard = true;
    this.#look(false);
  }

  /** Much has been said, by whomever. */
  isLong(): void {
    this.#look(true);
  }

  #look(isLong: boolean): void {
    if (this.#isTold || (!isLong && !(this.#hasSpoken && this.#hasHeard))) return;
    this.#isTold = true;
    this.#tell();
  }
}
