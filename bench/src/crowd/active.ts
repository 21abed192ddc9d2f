import type { Figure } from "../figure.ts";
import type { Log } from "../log.ts";
import { rotated } from "../measured.ts";
import { median } from "../median.ts";
import type { Child } from "../processes/child.ts";
import type { Children } from "../processes/children.ts";
import type { CrowdOptions } from "./options.ts";
import { hear, percentile } from "./talk.ts";

const clients = 2000;
/** How often each asks, in seconds: more would measure how many requests two cores can carry, not how long one takes. */
const everyS = 4;
const sliceMs = 6000;
const connectMs = 120_000;
const warmUpRounds = 1;
const contestants = ["ours", "hand"] as const;

/** 2,000 clients on one relay, of whom each asks its partner something every four seconds, beside the same over the hand-written relay. */
export async function measureActive(options: CrowdOptions, children: Children, { progress, note }: Log): Promise<Figure[]> {
  if (!options.only.has("p50-2000-active") && !options.only.has("p99-2000-active")) return [];
  const count = options.isQuick ? 20 : clients;
  const crowds = new Map<(typeof contestants)[number], Child>();
  for (const name of contestants) {
    progress(`load: ${count} clients of ${name} connect`);
    const relay = children.start("relay", [name], { profileDir: options.profileDir });
    const url = String(await relay.ready);
    const crowd = children.start("crowd", [name, url, "c"], { profileDir: options.profileDir });
    await crowd.ready;
    await crowd.call("connect", count, connectMs);
    crowds.set(name, crowd);
  }
  const samples = new Map(contestants.map((name) => [name, { p50: [] as number[], p99: [] as number[] }]));
  for (let round = -warmUpRounds; round < options.rounds; round++) {
    progress(`load: ${count} active clients, ${round < 0 ? "warm-up" : `round ${round + 1} of ${options.rounds}`}`);
    for (const name of rotated(contestants, round + warmUpRounds)) {
      const crowd = crowds.get(name) as Child;
      const sorted = await hear(crowd, { perSecond: count / everyS, durationMs: options.isQuick ? 300 : sliceMs });
      if (round < 0) continue;
      samples.get(name)?.p50.push(percentile(sorted, 0.5));
      samples.get(name)?.p99.push(percentile(sorted, 0.99));
    }
  }
  await children.endAll();
  return (["p50", "p99"] as const).flatMap((share) => {
    for (const [name, values] of samples) note(`load.${share}-2000-active ${name}`, values[share]);
    const [ours, baseline] = contestants.map((name) => median(samples.get(name)?.[share] ?? []));
    const figure = { name: `load.${share}-2000-active`, ours: ours ?? Number.NaN, baseline: baseline ?? Number.NaN, unit: "ms" };
    return options.only.has(`${share}-2000-active`) ? [figure] : [];
  });
}
