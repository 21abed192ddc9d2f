import type { Figure } from "../figure.ts";
import type { Log } from "../log.ts";
import { rotated } from "../measured.ts";
import { median } from "../median.ts";
import type { Children } from "../processes/children.ts";
import { weigh } from "../relay/idle-rounds.ts";
import type { CrowdOptions } from "./options.ts";

const clients = 10_000;
/** This is bytes, not time: a second relay shows little that the first did not. */
const maxRounds = 2;
const contestants = ["ours", "bare"] as const;

/** Bytes of the relay for each of 10,000 clients that do nothing, beside socket.io with nothing on it. */
export async function measureIdleCrowd(options: CrowdOptions, children: Children, { progress, note }: Log): Promise<Figure[]> {
  if (!options.only.has("memory-idle-10000")) return [];
  const count = options.isQuick ? 20 : clients;
  const samples = new Map(contestants.map((name) => [name, [] as number[]]));
  for (let round = 0; round < Math.min(options.rounds, maxRounds); round++) {
    for (const name of rotated(contestants, round)) {
      progress(`load: ${count} idle clients of ${name}, round ${round + 1}`);
      const [bytes = Number.NaN] = await weigh(name, [count], options, children);
      samples.get(name)?.push(bytes);
    }
  }
  for (const [name, values] of samples) note(`load.memory-idle-10000 ${name}`, values);
  const [ours, baseline] = contestants.map((name) => median(samples.get(name) ?? []));
  return [{ name: "load.memory-idle-10000", ours: ours ?? Number.NaN, baseline: baseline ?? Number.NaN, unit: "B" }];
}
