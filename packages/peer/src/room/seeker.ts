import { backoff } from "@peerloom/core";
import type { Who } from "../pair/context.ts";

const maxSought = 64;
const maxTries = 12;

/** Looks for peers that were lost without a goodbye, ever less often and some five minutes long. Bounded; knows no driver. */
export class Seeker {
  readonly #knock: (who: Who) => void;
  readonly #byId = new Map<string, ReturnType<typeof setTimeout>>();

  /** @param knock asks the peer whether it is there; whoever hears of it calls `forget`. */
  constructor(knock: (who: Who) => void) {
    this.#knock = knock;
  }

  get size(): number {
    return this.#byId.size;
  }

  seek(who: Who): void {
    if (this.#byId.has(who.id) || this.#byId.size < maxSought) this.#arm(who, 0);
  }

  /** It was found, or has said that it goes. */
  forget(id: string): void {
    clearTimeout(this.#byId.get(id));
    this.#byId.delete(id);
  }

  clear(): void {
    for (const id of [...this.#byId.keys()]) this.forget(id);
  }

  #arm(who: Who, tries: number): void {
    this.forget(who.id);
    if (tries >= maxTries) return;
    const again = (): void => {
      this.#arm(who, tries + 1);
      this.#knock(who);
    };
    this.#byId.set(who.id, setTimeout(again, backoff(tries, { minMs: 1000, maxMs: 40_000 })));
  }
}
