import type { Figure } from "../figure.ts";
import type { Log } from "../log.ts";
import { rotated } from "../measured.ts";
import { median } from "../median.ts";
import type { Children } from "../processes/children.ts";
import type { CrowdOptions } from "./options.ts";

const clients = 5000;
const maxRounds = 3;
const deadlineMs = 180_000;
const contestants = ["ours", "hand"] as const;

/**
 * Milliseconds from the moment at which a relay listens again, after it was ended with 5,000 clients on it, until the last of them is back in its room; beside the
 * hand-written relay and socket.io's own reconnecting. How long each waits before it tries again is part of it, for both.
 */
export async function measureStorm(options: CrowdOptions, children: Children, { progress, note }: Log): Promise<Figure[]> {
  if (!options.only.has("join-storm-5000")) return [];
  const count = options.isQuick ? 20 : clients;
  const samples = new Map(contestants.map((name) => [name, [] as number[]]));
  for (let round = 0; round < Math.min(options.rounds, maxRounds); round++) {
    for (const name of rotated(contestants, round)) {
      progress(`load: ${count} clients of ${name} come back, round ${round + 1}`);
      samples.get(name)?.push(await storm(name, count, options, children));
    }
  }
  for (const [name, values] of samples) note(`load.join-storm-5000 ${name}`, values);
  const [ours, baseline] = contestants.map((name) => median(samples.get(name) ?? []));
  return [{ name: "load.join-storm-5000", ours: ours ?? Number.NaN, baseline: baseline ?? Number.NaN, unit: "ms" }];
}

async function storm(name: (typeof contestants)[number], count: number, { profileDir }: CrowdOptions, children: Children): Promise<number> {
  const relay = children.start("relay", [name], { profileDir });
  const url = String(await relay.ready);
  const members = children.start("members", [name, url, "m"], { profileDir });
  await members.ready;
  await members.call("connect", count, deadlineMs);
  await members.call("back", null, deadlineMs);
  await children.end(relay);
  await members.call("away", null, deadlineMs);
  const again = children.start("relay", [name, new URL(url).port], { profileDir });
  await again.ready;
  const start = Date.now();
  const end = Number(await members.call("back", null, deadlineMs));
  await children.end(members, again);
  return end - start;
}
