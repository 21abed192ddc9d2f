import type { Relay } from "@peerloom/server";

/** Since when who is here. Holds a row for each client of the relay, and no more. */
export class Visits {
  readonly #since = new Map<string, number>();

  constructor(relay: Pick<Relay, "on">, nowMs: () => number) {
    relay.on("connection", ({ clientId, isResumed }) => {
      if (!isResumed || !this.#since.has(clientId)) this.#since.set(clientId, nowMs());
    });
    relay.on("gone", ({ clientId }) => this.#since.delete(clientId));
  }

  get size(): number {
    return this.#since.size;
  }

  /** When this client came, on the clock that was given. */
  since(id: string): number | undefined {
    return this.#since.get(id);
  }
}
