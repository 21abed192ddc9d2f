import { Deque } from "../deque.ts";
import type { Channel } from "./channel.ts";
import { costOf } from "./credit.ts";

/** Where an inbox hands its values. */
export interface InboxTarget {
  /** Takes a value; false when the next should wait until it is wanted. */
  take(value: unknown): boolean;
  /** All values have been taken, and there will be no more. */
  close(): void;
}

/** What has come on a channel and is not yet wanted: at most the channel's window and a value. */
export class Inbox {
  readonly #channel: Channel;
  readonly #target: InboxTarget;
  readonly #values = new Deque<unknown>();
  #isWanted = false;
  #hasEnded = false;

  constructor(channel: Channel, target: InboxTarget) {
    this.#channel = channel;
    this.#target = target;
  }

  arrived(values: readonly unknown[]): void {
    for (const value of values) this.#values.push(value);
    this.#deliver();
  }

  ended(): void {
    this.#hasEnded = true;
    this.#deliver();
  }

  /** The application wants to read. */
  wanted(): void {
    this.#isWanted = true;
    this.#deliver();
  }

  /** Forgets what it holds; nothing is handed out any more. */
  clear(): void {
    this.#values.clear();
    this.#isWanted = false;
    this.#hasEnded = false;
  }

  #deliver(): void {
    while (this.#isWanted && this.#values.length > 0) {
      const value = this.#values.shift();
      this.#channel.consumed(costOf(value));
      // The target may ask for more before it returns.
      this.#isWanted = false;
      if (this.#target.take(value)) this.#isWanted = true;
    }
    if (!this.#hasEnded || this.#values.length > 0) return;
    this.#hasEnded = false;
    this.#target.close();
  }
}
