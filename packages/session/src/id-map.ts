/** Places there are at the beginning, and places that are kept while none is taken. At least twice as many as are taken. */
const minPlaces = 16;
const keptPlaces = 1024;
const free = -1;

/**
 * A `Map` by whole numbers of which each is taken for a short time. In V8 a `Map` that many pass through makes new tables again and again, and one
 * that was moved to the old generation holds on to all that followed, with what was in them: until the next full collection nothing is garbage.
 * Here numbers are put into places by their last bits, and behind one another where these are the same.
 */
export class IdMap<T> {
  #ids: number[] = places(minPlaces, free);
  #values: (T | undefined)[] = places(minPlaces, undefined);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** All that there are, as they are now. */
  get entries(): (readonly [id: number, value: T])[] {
    return this.#ids.flatMap((id, at) => (id === free ? [] : [[id, this.#values[at] as T] as const]));
  }

  has(id: number): boolean {
    return this.#ids[this.#placeOf(id)] === id;
  }

  get(id: number): T | undefined {
    return this.#values[this.#placeOf(id)];
  }

  set(id: number, value: T): void {
    let at = this.#placeOf(id);
    if (this.#ids[at] === free) {
      this.#size += 1;
      if (this.#size * 2 > this.#ids.length) {
        this.#resize(this.#ids.length * 2);
        at = this.#placeOf(id);
      }
    }
    this.#ids[at] = id;
    this.#values[at] = value;
  }

  /** @returns what it was; undefined when there was none. */
  take(id: number): T | undefined {
    const at = this.#placeOf(id);
    const value = this.#values[at];
    if (this.#ids[at] === free) return undefined;
    this.#clear(at);
    this.#size -= 1;
    if (this.#size === 0 && this.#ids.length > keptPlaces) this.#resize(minPlaces);
    return value;
  }

  /** Where the number is, or else would be put. */
  #placeOf(id: number): number {
    const ids = this.#ids;
    const mask = ids.length - 1;
    let at = id & mask;
    while (ids[at] !== id && ids[at] !== free) at = (at + 1) & mask;
    return at;
  }

  /** Frees a place. What stands behind it and would be found no more moves up. */
  #clear(place: number): void {
    const [ids, values, mask] = [this.#ids, this.#values, this.#ids.length - 1];
    let hole = place;
    for (let at = (hole + 1) & mask; ; at = (at + 1) & mask) {
      const id = ids[at] as number;
      if (id === free) break;
      const isFindable = ((at - id) & mask) < ((at - hole) & mask);
      if (isFindable) continue;
      ids[hole] = id;
      values[hole] = values[at];
      hole = at;
    }
    ids[hole] = free;
    values[hole] = undefined;
  }

  #resize(length: number): void {
    const { entries } = this;
    this.#ids = places(length, free);
    this.#values = places(length, undefined);
    for (const [id, value] of entries) {
      const at = this.#placeOf(id);
      this.#ids[at] = id;
      this.#values[at] = value;
    }
  }
}

function places<P>(length: number, content: P): P[] {
  return Array.from({ length }, () => content);
}
