import type { PathName } from "@peerloom/core";
import { Deque } from "./deque.ts";
import { LostRanges, type Range } from "./lost-ranges.ts";

/** A packet with frames that has left. */
export interface Departure {
  readonly serial: number;
  readonly first: number;
  readonly end: number;
  readonly path: PathName;
}

/** Packets whose loss can be told apart. */
const MAX_DEPARTURES = 16_384;

/** Which frames left with which packet by which path, in the order of leaving. */
export class Departures {
  readonly #list = new Deque<Departure>();

  get size(): number {
    return this.#list.length;
  }

  add(departure: Departure): void {
    this.#list.push(departure);
    if (this.#list.length > MAX_DEPARTURES) this.#list.shift();
  }

  /** All frames below `base` have arrived. */
  arrived(base: number): void {
    while ((this.#list.at(0)?.end ?? Infinity) <= base) this.#list.shift();
  }

  of(serial: number): Departure[] {
    return [...this.#list].filter((departure) => departure.serial === serial);
  }

  /** The newest packet by each path that carried one of these frames. */
  carriersOf(ranges: readonly Range[]): Map<PathName, number> {
    const carriers = new Map<PathName, number>();
    for (const { serial, first, end, path } of this.#list) {
      if (ranges.some(([from, to]) => first < to && from < end)) carriers.set(path, serial);
    }
    return carriers;
  }

  /** Of the frames `[from, to)` those whose newest packet is lost; of what left too long ago to be known, all. */
  lost(from: number, to: number, isLost: (departure: Departure) => boolean): readonly Range[] {
    const lost = new LostRanges();
    lost.add(from, to);
    for (const departure of this.#list) {
      const start = Math.max(from, departure.first);
      const end = Math.min(to, departure.end);
      if (start >= end) continue;
      if (isLost(departure)) lost.add(start, end);
      else lost.remove(start, end);
    }
    return lost.all;
  }

  clear(): void {
    this.#list.clear();
  }
}
