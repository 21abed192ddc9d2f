import type { Figure } from "../figure.ts";
import type { Log } from "../log.ts";
import { median } from "../median.ts";
import { measureLab, type Samples } from "../peer/rounds.ts";
import { pathLab, platforms, type Platform } from "./labs.ts";
import type { PathOptions } from "./options.ts";

const contestants = ["relay", "relay-e2e", "direct", "direct-e2e"] as const;
const exercises = [
  { exercise: "bulk", unit: "MB/s", scale: 1e-6 },
  { exercise: "small", unit: "msg/s", scale: 1 },
  { exercise: "rtt", unit: "ms", scale: 1 },
] as const;

/** What encryption costs, on each platform and path, beside the same without it. The plain name is bulk over the relay in Node. */
export async function measureEncrypted(options: PathOptions, url: string, log: Log): Promise<Figure[]> {
  if (!options.only.has("e2e-cost")) return [];
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
          isTried: () => true,
          isShared: () => false,
          figures: new Set(exercises.map(({ exercise }) => exercise)),
          rounds: options.isQuick ? 1 : options.rounds,
          sliceMs: options.isQuick ? 50 : 400,
          connects: 0,
        },
        log,
      );
      for (const [figure, byName] of samples) for (const [name, values] of byName) log.note(`paths ${platform}.${figure} ${name}`, values);
      for (const path of ["relay", "direct"] as const) figures.push(...toFigures(platform, path, samples));
    } finally {
      await lab.close();
    }
  }
  return figures;
}

function toFigures(platform: Platform, path: "relay" | "direct", samples: Samples): Figure[] {
  return exercises.map(({ exercise, unit, scale }) => {
    const of = (contestant: string): number => median(samples.get(exercise)?.get(contestant) ?? []) * scale;
    const place = platform === "native" ? "" : `-${platform}`;
    const isPlain = path === "relay" && exercise === "bulk";
    const name = isPlain ? `paths.e2e-cost${place}` : `paths.e2e-cost-${path}-${exercise}${place}`;
    return { name, ours: of(`${path}-e2e`), baseline: of(path), unit };
  });
}
