import type { ContestantName } from "./contestants/contestants.ts";
import { median } from "./median.ts";

/** A figure with the median of each contestant. */
export interface Measured {
  readonly name: string;
  readonly unit: string;
  readonly baselines: readonly (readonly [ContestantName, string])[];
  readonly medians: ReadonlyMap<ContestantName, number>;
}

/** Of each contestant's variants, the one with the best median. */
export function best(
  samples: readonly (readonly [ContestantName, readonly number[]])[],
  isLowBetter: boolean,
): Map<ContestantName, number> {
  const medians = new Map<ContestantName, number>();
  for (const [name, values] of samples) {
    const value = median(values);
    const other = medians.get(name);
    if (other === undefined || (isLowBetter ? value < other : value > other)) medians.set(name, value);
  }
  return medians;
}

/** Item 0 first in the first turn, item 1 in the second, so that nobody always runs after the same other. */
export function rotated<T>(items: readonly T[], turn: number): T[] {
  const start = turn % Math.max(items.length, 1);
  return [...items.slice(start), ...items.slice(0, start)];
}
