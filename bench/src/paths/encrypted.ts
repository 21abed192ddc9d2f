import type { Figure } from "../figure.ts";
import type { Log } from "../log.ts";
import { median } from "../median.ts";
import type { Samples } from "../peer/rounds.ts";
import { measureEach } from "./each-platform.ts";
import type { Platform } from "./labs.ts";
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
  const plan = { contestants, isTried: () => true, figures: new Set(exercises.map(({ exercise }) => exercise)) };
  return measureEach(options, url, log, plan, (platform, samples) =>
    (["relay", "direct"] as const).flatMap((path) => toFigures(platform, path, samples)),
  );
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
