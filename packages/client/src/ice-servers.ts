import type { WaitOptions } from "@peerloom/core";
import type { IceServer, IceServerList } from "@peerloom/protocol";

export interface IceServersOptions {
  /** Asks the relay. */
  readonly ask: (wait: WaitOptions) => Promise<IceServerList>;
  /** The time in milliseconds. */
  readonly now: () => number;
}

/** Credentials are used for this part of the time they hold: a connection that begins with them needs some of it. */
const share = 0.5;

/** The ICE servers of the relay: asked for when they are needed, and again before their credentials end. */
export class IceServers {
  readonly #options: IceServersOptions;
  #list: readonly IceServer[] | undefined;
  #freshUntil = 0;
  #holdsUntil = 0;

  constructor(options: IceServersOptions) {
    this.#options = options;
  }

  /** Servers whose credentials hold for a while yet; those that still hold when the relay cannot be asked. Rejects as `ask` does. */
  async get(wait: WaitOptions): Promise<readonly IceServer[]> {
    const { ask, now } = this.#options;
    const askedAt = now();
    if (this.#list !== undefined && askedAt < this.#freshUntil) return this.#list;
    try {
      const { iceServers, ttlSeconds } = await ask(wait);
      this.#list = iceServers;
      this.#freshUntil = askedAt + ttlSeconds * 1000 * share;
      this.#holdsUntil = askedAt + ttlSeconds * 1000;
      return iceServers;
    } catch (thrown) {
      if (this.#list !== undefined && now() < this.#holdsUntil) return this.#list;
      throw thrown;
    }
  }
}
