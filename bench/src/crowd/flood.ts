import { floodNames, type FloodName } from "../../../tools/lib/strangers/floods.ts";
import type { Figure } from "../figure.ts";
import type { Log } from "../log.ts";
import { median } from "../median.ts";
import type { Children } from "../processes/children.ts";
import type { CrowdOptions } from "./options.ts";
import { hear, percentile, type Talk } from "./talk.ts";

const clients = 20;
const connectMs = 60_000;
const maxRounds = 5;
const talk: Talk = { perSecond: 500, durationMs: 4000 };
/**
 * The baseline is never less, in milliseconds. Where nothing else runs, one question in a hundred takes 1 to 2 ms; on two cores, one of which the attacker has,
 * the kernel alone hands out the processor in slices of some 3 ms, of which a question may meet one at each of three processes.
 */
const floorMs = 5;
const attackerAddress = "127.0.0.2";

/** What clients of a relay wait, 99 times of 100 at most, while a stranger floods it, beside what they wait without it, in the same run. */
export async function measureFloods(options: CrowdOptions, children: Children, { progress, note }: Log): Promise<Figure[]> {
  const wanted = floodNames.filter((flood) => options.only.has(`flood-${flood}`));
  const figures: Figure[] = [];
  for (const flood of wanted) {
    const [during, without]: [number[], number[]] = [[], []];
    for (let round = 0; round < Math.min(options.rounds, maxRounds); round++) {
      progress(`load: a flood of ${flood}, round ${round + 1}`);
      const [quiet, loud] = await meet(flood, options, children);
      without.push(quiet);
      during.push(loud);
    }
    note(`load.flood-${flood} without`, without);
    note(`load.flood-${flood} during`, during);
    figures.push({ name: `load.flood-${flood}`, ours: median(during), baseline: Math.max(floorMs, median(without)), unit: "ms" });
  }
  return figures;
}

/** One fresh relay: its clients without the flood, and then with it. */
async function meet(
  flood: FloodName,
  { isQuick, profileDir }: CrowdOptions,
  children: Children,
): Promise<[without: number, during: number]> {
  const relay = children.start("relay", ["guarded"], { profileDir });
  const url = String(await relay.ready);
  const crowd = children.start("crowd", ["guarded", url, "victim"], { profileDir });
  await crowd.ready;
  await crowd.call("connect", clients, connectMs);
  const slice = isQuick ? { ...talk, durationMs: 200 } : talk;
  const p99 = async (): Promise<number> => percentile(await hear(crowd, slice), 0.99);
  await p99();
  const without = await p99();
  const order = { flood, port: Number(new URL(url).port), from: attackerAddress };
  const attacker = children.start("attacker", [JSON.stringify(order)]);
  await attacker.ready;
  const during = await p99();
  await children.end(attacker, crowd, relay);
  return [without, during];
}
