import type { Figure } from "../figure.ts";
import type { Log } from "../log.ts";
import { measureLab, quickTurns, usualTurns, type Plan, type Samples } from "../peer/rounds.ts";
import { pathLab, platforms, type Platform } from "./labs.ts";
import type { PathOptions } from "./options.ts";

/** Measures the same on each platform, one after the other; `toFigures` makes figures of what came of it. */
export async function measureEach(
  { isQuick, rounds }: PathOptions,
  url: string,
  log: Log,
  plan: Pick<Plan, "contestants" | "isTried" | "figures">,
  toFigures: (platform: Platform, samples: Samples) => readonly Figure[],
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const platform of platforms) {
    const lab = await pathLab(platform, url);
    try {
      const sizes = { rounds: isQuick ? 1 : rounds, turns: isQuick ? quickTurns : usualTurns, connects: 0 };
      const samples = await measureLab(lab, { platform, variants: [], isShared: () => false, ...sizes, ...plan }, log);
      for (const [figure, byName] of samples) for (const [name, values] of byName) log.note(`paths ${platform}.${figure} ${name}`, values);
      figures.push(...toFigures(platform, samples));
    } finally {
      await lab.close();
    }
  }
  return figures;
}
