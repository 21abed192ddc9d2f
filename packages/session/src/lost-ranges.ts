/** Frame numbers `[from, to)`. */
export type Range = readonly [from: number, to: number];

/** Which of the frames under way are known to be lost: sorted, disjoint ranges. */
export class LostRanges {
  #ranges: Range[] = [];

  get isEmpty(): boolean {
    return this.#ranges.length === 0;
  }

  /** The lowest lost range. */
  get first(): Range | undefined {
    return this.#ranges[0];
  }

  /** All of them, in their order. */
  get all(): readonly Range[] {
    return this.#ranges;
  }

  has(number: number): boolean {
    return this.#ranges.some(([from, to]) => from <= number && number < to);
  }

  add(from: number, to: number): void {
    if (to <= from) return;
    const apart = this.#ranges.filter((range) => range[1] < from || to < range[0]);
    const touching = this.#ranges.filter((range) => range[1] >= from && to >= range[0]);
    const merged: Range = [Math.min(from, ...touching.map((range) => range[0])), Math.max(to, ...touching.map((range) => range[1]))];
    this.#ranges = [...apart, merged].sort((a, b) => a[0] - b[0]);
  }

  remove(from: number, to: number): void {
    if (to <= from) return;
    const left = this.#ranges.flatMap(([start, end]): Range[] => [
      [start, Math.min(end, from)],
      [Math.max(start, to), end],
    ]);
    this.#ranges = left.filter(([start, end]) => start < end);
  }

  /** Forgets all numbers below `to`. */
  dropBelow(to: number): void {
    const [first] = this.#ranges;
    if (first === undefined || first[0] >= to) return;
    this.#ranges = this.#ranges.filter((range) => range[1] > to).map((range) => [Math.max(range[0], to), range[1]]);
  }

  clear(): void {
    this.#ranges = [];
  }
}
