import { PeerloomError, type InternalPort } from "@peerloom/core";

/** The request that is answered by whoever is there. */
export const HELLO_REQUEST = "peerloom:hello";

/**
 * Who is known to be there, because it has answered before. A call is only sent to a provider that is: then an error of the session
 * never leaves open whether the call's first packet was the one that began the session. One round trip for each provider, once.
 */
export class Introductions {
  readonly #port: InternalPort;
  readonly #known = new Set<string>();
  readonly #pending = new Map<string, Promise<void>>();

  constructor(port: InternalPort) {
    this.#port = port;
    port.onGone(({ id }) => this.#known.delete(id));
  }

  has(id: string): boolean {
    return this.#known.has(id);
  }

  /** Resolves when `id` has answered; rejects when it cannot be reached. */
  introduce(id: string): Promise<void> {
    const pending = this.#pending.get(id);
    if (pending !== undefined) return pending;
    const hello = this.#hello(id).finally(() => this.#pending.delete(id));
    this.#pending.set(id, hello);
    return hello;
  }

  async #hello(id: string): Promise<void> {
    try {
      await this.#port.requestInternal(id, HELLO_REQUEST, []);
    } catch (thrown) {
      // Whatever it answers, it is there.
      if (!PeerloomError.is(thrown) || !thrown.remote) throw thrown;
    }
    this.#known.add(id);
  }
}
