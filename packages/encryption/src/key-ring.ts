import type { Channel } from "./channel.ts";
import { LIMITS } from "./limits.ts";

/** The channels of one peer: what seals now, what will once both sides have it, and what came before, of which something may still be under way. */
export class KeyRing {
  #live: Channel | undefined;
  #next: Channel | undefined;
  #previous: Channel | undefined;

  /** What seals now. */
  get live(): Channel | undefined {
    return this.#live;
  }

  /** The channel that what comes was sealed with. */
  channelOf(id: string): Channel | undefined {
    if (this.#live?.id === id) return this.#live;
    return this.#previous?.id === id ? this.#previous : undefined;
  }

  /** Has it sealed so much, or for so long, that there should be new keys? */
  isOld(now: number): boolean {
    return this.#live !== undefined && (this.#live.sealed >= LIMITS.renewPackets || now - this.#live.bornAt >= LIMITS.renewMs);
  }

  prepare(channel: Channel): void {
    this.#next = channel;
  }

  /** What was prepared seals from now on. */
  use(): Channel | undefined {
    this.#live = this.#next;
    this.#next = undefined;
    return this.#live;
  }

  /** Nothing seals any more; what was sealed can still be opened. */
  retire(): void {
    this.#previous = this.#live;
    this.#live = undefined;
  }

  clear(): void {
    this.#live = this.#previous = this.#next = undefined;
  }
}
