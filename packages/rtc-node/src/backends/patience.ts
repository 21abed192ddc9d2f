/**
 * Keeps what is given to it for a while, once it is told to: candidates of an offer, at who makes it and at who takes it, so that the
 * answer arrives before the first check of a path does. libdatachannel cannot check a certificate, and loses the first message of DTLS,
 * that comes before the answer.
 */
export class Patience<T> {
  readonly #out: (item: T) => void;
  readonly #waitMs: number;
  #kept: T[] | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(waitMs: number, out: (item: T) => void) {
    this.#waitMs = waitMs;
    this.#out = out;
  }

  get isKeeping(): boolean {
    return this.#kept !== undefined;
  }

  /** From now on what is given waits, until `waitMs` after `release` or until `open`. */
  begin(): void {
    this.#kept ??= [];
  }

  give(item: T): void {
    if (this.#kept) this.#kept.push(item);
    else this.#out(item);
  }

  release(): void {
    if (this.#kept) this.#timer ??= setTimeout(() => this.open(), this.#waitMs);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#kept = [];
  }

  open(): void {
    clearTimeout(this.#timer);
    const kept = this.#kept ?? [];
    this.#kept = undefined;
    this.#timer = undefined;
    for (const item of kept) {
      try {
        this.#out(item);
      } catch {
        // A candidate that cannot be used is none; who gave it is long gone.
      }
    }
  }
}
