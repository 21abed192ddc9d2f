import type { Packet, PathName } from "@peerloom/core";
import { LIMITS } from "./limits.ts";

/** What this side said last about keys, and says again until it is answered; with the clock for that. */
export class LastWord {
  readonly #say: (packet: Packet, path: PathName) => boolean;
  readonly #onTime: () => void;
  #packet: Packet | undefined;
  #wasRefused = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `say` is false when the path takes nothing; `onTime` is called when there was no answer for too long. */
  constructor(say: (packet: Packet, path: PathName) => boolean, onTime: () => void) {
    this.#say = say;
    this.#onTime = onTime;
  }

  /** It did not reach the peer: that try does not count. */
  get wasRefused(): boolean {
    return this.#wasRefused && this.#packet !== undefined;
  }

  refused(): void {
    this.#wasRefused = true;
  }

  set(packet: Packet): void {
    this.#packet = packet;
  }

  say(path: PathName): void {
    if (this.#packet !== undefined) this.#wasRefused = !this.#say(this.#packet, path);
  }

  /** Waits for an answer, the longer the more tries there were; what is waited for already goes on. */
  wait(tries: number): void {
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.#onTime();
      },
      Math.min(LIMITS.maxRetryMs, LIMITS.retryMs * 2 ** (tries - 1)),
    );
  }

  /** There is nothing to be answered any more. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#packet = undefined;
  }
}
