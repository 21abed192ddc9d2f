import type { Figure } from "../figure.ts";
import type { Log } from "../log.ts";
import { median } from "../median.ts";
import type { Samples } from "../peer/rounds.ts";
import { measureEach } from "./each-platform.ts";
import { contestants, type Platform } from "./labs.ts";
import type { PathFigureName, PathOptions } from "./options.ts";

/** A figure of lines: what it is called here, its exercise, and beside whom it stands. */
const kinds = [
  { name: "direct-rtt", exercise: "rtt", beside: "relay", unit: "ms", scale: 1 },
  { name: "direct-small", exercise: "small", beside: "relay", unit: "msg/s", scale: 1 },
  { name: "direct-bulk", exercise: "bulk", beside: "peer", unit: "MB/s", scale: 1e-6 },
] as const satisfies readonly { readonly name: PathFigureName; readonly [key: string]: unknown }[];

/** What a direct path carries, on each platform; the native one has the plain names. */
export async function measureLines(options: PathOptions, url: string, log: Log): Promise<Figure[]> {
  const wanted = kinds.filter(({ name }) => options.only.has(name));
  if (wanted.length === 0) return [];
  const plan = {
    contestants,
    isTried: (figure: string, name: string) =>
      kinds.some(({ exercise, beside }) => exercise === figure && (name === "direct" || name === beside)),
    figures: new Set(wanted.map(({ exercise }) => exercise)),
  };
  return measureEach(options, url, log, plan, (platform, samples) => wanted.map((kind) => toFigure(kind, platform, samples)));
}

function toFigure({ name, exercise, beside, unit, scale }: (typeof kinds)[number], platform: Platform, samples: Samples): Figure {
  const of = (contestant: string): number => median(samples.get(exercise)?.get(contestant) ?? []) * scale;
  return { name: `paths.${name}${platform === "native" ? "" : `-${platform}`}`, ours: of("direct"), baseline: of(beside), unit };
}
