import { deadline } from "@peerloom/core";

/** Timers by name, of any length; one that is armed again begins anew. */
export class Timers<Name extends string> {
  readonly #expired: (name: Name) => void;
  readonly #byName = new Map<Name, () => void>();

  constructor(expired: (name: Name) => void) {
    this.#expired = expired;
  }

  arm(name: Name, ms: number): void {
    this.disarm(name);
    const stop = deadline({ timeoutMs: ms }, name, () => {
      this.#byName.delete(name);
      this.#expired(name);
    });
    this.#byName.set(name, stop);
  }

  disarm(name: Name): void {
    this.#byName.get(name)?.();
    this.#byName.delete(name);
  }
}
