/** Places there are as soon as something is in it, and places that are kept while nothing is. */
const minPlaces = 16;
const keptPlaces = 4096;

/**
 * A first-in-first-out list with access by index; all operations take constant time on average. It goes round in one array: arrays that are outgrown
 * or cut again and again come to lie in V8's old generation, and what is in one of those is no garbage until the next full collection.
 */
export class Deque<T> {
  /** Its length is a power of two, or zero; undefined where nothing is, so that what was shifted can be let go. */
  #places: (T | undefined)[] = [];
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(item: T): void {
    if (this.#length === this.#places.length) this.#grow();
    this.#places[this.#place(this.#length)] = item;
    this.#length += 1;
  }

  /** The item `index` places behind the first. */
  at(index: number): T | undefined {
    return index < this.#length ? this.#places[this.#place(index)] : undefined;
  }

  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#places[this.#head];
    this.#places[this.#head] = undefined;
    this.#head = this.#place(1);
    this.#length -= 1;
    if (this.#length === 0 && this.#places.length > keptPlaces) this.clear();
    return item;
  }

  clear(): void {
    this.#places = [];
    this.#head = 0;
    this.#length = 0;
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let index = 0; index < this.#length; index++) yield this.at(index) as T;
  }

  #place(index: number): number {
    return (this.#head + index) & (this.#places.length - 1);
  }

  #grow(): void {
    const outgrown = this.#places;
    this.#places = Array.from({ length: Math.max(minPlaces, outgrown.length * 2) }, (_, index) => this.at(index));
    this.#head = 0;
    outgrown.fill(undefined);
  }
}
