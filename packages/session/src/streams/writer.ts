import type { Channel } from "./channel.ts";

/** Answers a write: with an error, or with null. */
export type Done = (error: Error | null) => void;

/** Hands one write at a time to a channel, piece by piece, as far as credit and room go. */
export class Writer {
  readonly #channel: Channel;
  #pieces: Iterator<unknown> | undefined;
  #next: IteratorResult<unknown> | undefined;
  #done: Done | undefined;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /** Each piece travels as a value; `done` is called when the last was taken, and then what it was made of may be used again. */
  write(pieces: Iterable<unknown>, done: Done): void {
    this.#pieces = pieces[Symbol.iterator]();
    this.#next = this.#pieces.next();
    this.#done = done;
    this.go();
  }

  /** Goes on with what waits for credit or room. */
  go(): void {
    try {
      while (this.#next?.done === false) {
        if (!this.#channel.mayWrite()) return;
        this.#channel.write([this.#next.value]);
        this.#next = this.#pieces?.next();
      }
    } catch (thrown) {
      return this.#answer(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
    this.#answer(null);
  }

  /** Answers the write under way with an error. */
  fail(error: Error): void {
    this.#answer(error);
  }

  #answer(error: Error | null): void {
    const done = this.#done;
    this.#done = undefined;
    this.#pieces = undefined;
    this.#next = undefined;
    done?.(error);
  }
}
