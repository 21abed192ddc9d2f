import type { Figure } from "../figure.ts";
import type { Log } from "../log.ts";
import { median } from "../median.ts";
import { measureLab, type Samples } from "../peer/rounds.ts";
import { contestants, pathLab, platforms, type Platform } from "./labs.ts";
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
  const figures: Figure[] = [];
  for (const platform of platforms) {
    const lab = await pathLab(platform, url);
    try {
      const samples = await measureLab(
        lab,
        {
          platform,
          contestants,
          variants: [],
          isTried: (figure, name) => kinds.some(({ exercise, beside }) => exercise === figure && (name === "direct" || name === beside)),
          isShared: () => false,
          figures: new Set(wanted.map(({ exercise }) => exercise)),
          rounds: options.isQuick ? 1 : options.rounds,
          sliceMs: options.isQuick ? 50 : 400,
          connects: 0,
        },
        log,
      );
      for (const [figure, byName] of samples) for (const [name, values] of byName) log.note(`paths ${platform}.${figure} ${name}`, values);
      figures.push(...wanted.map((kind) => toFigure(kind, platform, samples)));
    } finally {
      await lab.close();
    }
  }
  return figures;
}

function toFigure({ name, exercise, beside, unit, scale }: (typeof kinds)[number], platform: Platform, samples: Samples): Figure {
  const of = (contestant: string): number => median(samples.get(exercise)?.get(contestant) ?? []) * scale;
  return { name: `paths.${name}${platform === "native" ? "" : `-${platform}`}`, ours: of("direct"), baseline: of(beside), unit };
}
