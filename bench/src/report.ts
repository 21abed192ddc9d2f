import { bars } from "./bars.ts";
import type { ContestantName } from "./contestants/contestants.ts";
import type { Measured } from "./measured.ts";

/** One figure against one baseline. */
export interface Line {
  readonly name: string;
  readonly ours: number;
  readonly baseline: number;
  readonly unit: string;
  /** ours / baseline */
  readonly ratio: number;
}

const round = (value: number): number => Number(value.toPrecision(5));

export function toLines(measured: readonly Measured[]): Line[] {
  return measured.flatMap(({ name, unit, baselines, medians }) =>
    baselines.flatMap(([baseline, suffix]) => {
      const ours = medians.get("ours");
      const theirs = medians.get(baseline);
      if (ours === undefined || theirs === undefined) return [];
      return [{ name: name + suffix, ours: round(ours), baseline: round(theirs), unit, ratio: round(ours / theirs) }];
    }),
  );
}

/** Whether the figure's bar holds; undefined when it has none. */
export function holds({ name, ratio }: Pick<Line, "name" | "ratio">): boolean | undefined {
  const bar = Object.hasOwn(bars, name) ? bars[name] : undefined;
  if (!bar) return undefined;
  return "atLeast" in bar ? ratio >= bar.atLeast : ratio <= bar.atMost;
}

const columns: readonly (readonly ContestantName[])[] = [["ours"], ["hand", "bare"], ["ws"], ["plugin"]];
const header = ["figure", "unit", "ours", "socket.io", "ws", "plugin", "/socket.io", "/ws", "/plugin", "bar", ""];

export function toTable(measured: readonly Measured[]): string {
  const lines = new Map(toLines(measured).map((line) => [line.name, line]));
  const rows = measured.map(({ name, unit, baselines, medians }) => [
    name,
    unit,
    ...columns.map((names) => show(names.map((column) => medians.get(column)).find((value) => value !== undefined))),
    ...baselines.map(([, suffix]) => lines.get(name + suffix)?.ratio.toFixed(2) ?? "-"),
    showBar(name),
    verdict(lines.get(name)),
  ]);
  const all = [header, ...rows];
  const widths = header.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  return all
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  "))
    .join("\n");
}

function show(value: number | undefined): string {
  if (value === undefined) return "-";
  return value < 100 ? value.toPrecision(3) : Math.round(value).toLocaleString("en-US");
}

function showBar(name: string): string {
  const bar = bars[name];
  if (!bar) return "";
  return "atLeast" in bar ? `>= ${bar.atLeast}` : `<= ${bar.atMost}`;
}

function verdict(line: Line | undefined): string {
  const isHeld = line && holds(line);
  return isHeld === undefined ? "" : isHeld ? "holds" : "FAILS";
}
