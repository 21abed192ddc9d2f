import { LazyTimer } from "./lazy-timer.ts";
import { TIMING } from "./limits.ts";

/**
 * Tells whether messages travel beside streams, without reading a clock for each of them: while streams flow, a timer looks whether
 * a message has passed since it looked last.
 */
export class Traffic {
  readonly #timer = new LazyTimer(() => this.#look());
  /** Looks in a row that saw no message. */
  #quietLooks = 2;
  #hasMessages = false;

  /** Messages have passed lately: streams leave room for the next ones. */
  get isMixed(): boolean {
    return this.#quietLooks < 1;
  }

  /** The peer, which looks at other moments, may still find that messages pass. */
  get isMixedThere(): boolean {
    return this.#quietLooks < 2;
  }

  /** A message was sent or received. */
  message(): void {
    this.#hasMessages = true;
    this.#quietLooks = 0;
  }

  /** Stream data was sent or received. */
  data(): void {
    this.#timer.start(TIMING.sharedMs);
  }

  stop(): void {
    this.#timer.stop();
  }

  #look(): void {
    this.#quietLooks = this.#hasMessages ? 0 : Math.min(2, this.#quietLooks + 1);
    this.#hasMessages = false;
  }
}
