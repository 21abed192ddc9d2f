import { holds, type Line } from "./report.ts";

/** A figure beside what it is compared with. */
export interface Figure {
  readonly name: string;
  readonly ours: number;
  readonly baseline: number;
  readonly unit: string;
}

/** A figure, or none where somebody whom it compares was left out. */
export function compare(name: string, unit: string, ours: number | undefined, baseline: number | undefined): Figure[] {
  return ours === undefined || baseline === undefined ? [] : [{ name, ours, baseline, unit }];
}

const round = (value: number): number => Number(value.toPrecision(5));

export function toLine({ name, ours, baseline, unit }: Figure): Line {
  return { name, ours: round(ours), baseline: round(baseline), unit, ratio: round(ours / baseline) };
}

/** A line for people. */
export function toText(line: Line): string {
  const isHeld = holds(line);
  const verdict = isHeld === undefined ? "" : isHeld ? "  holds" : "  FAILS";
  return `${line.name.padEnd(34)} ${String(line.ours).padStart(9)} ${line.unit.padEnd(7)} beside ${String(line.baseline).padStart(9)}: ${line.ratio}${verdict}`;
}
