/** Timers by name; one that is armed again begins anew. */
export class Timers<Name extends string> {
  readonly #expired: (name: Name) => void;
  readonly #byName = new Map<Name, ReturnType<typeof setTimeout>>();

  constructor(expired: (name: Name) => void) {
    this.#expired = expired;
  }

  arm(name: Name, ms: number): void {
    this.disarm(name);
    const timer = setTimeout(() => {
      this.#byName.delete(name);
      this.#expired(name);
    }, ms);
    this.#byName.set(name, timer);
  }

  disarm(name: Name): void {
    clearTimeout(this.#byName.get(name));
    this.#byName.delete(name);
  }
}
