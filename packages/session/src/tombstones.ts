/** Session ids of peers that have ended, so that a late packet does not open them again. Remembers the last `max` ones. */
export class Tombstones {
  readonly #max: number;
  readonly #ids = new Set<string>();

  constructor(max = 1024) {
    this.#max = max;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(id: string): void {
    this.#ids.add(id);
    for (const oldest of this.#ids) {
      if (this.#ids.size <= this.#max) return;
      this.#ids.delete(oldest);
    }
  }
}
