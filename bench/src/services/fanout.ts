import { compare, type Figure } from "../figure.ts";
import type { Log } from "../log.ts";
import { best, rotated } from "../measured.ts";
import { publish, startAudience, type Audience } from "../processes/audience.ts";
import type { Children } from "../processes/children.ts";
import { contestants, type ServiceContestant, type ServiceOptions } from "./options.ts";

const subscribers = 1000;
const warmUpRounds = 2;
const sliceMs = 1000;

/** `alone`: one under way at a time, so that nobody on the way has anything to gather. */
const figures = [
  { name: "fanout-1000", pattern: "turns", windows: [8, 32, 128] },
  { name: "fanout-1000-alone", pattern: "turns", windows: [1] },
  { name: "fanout-1000-burst", pattern: "bursts", windows: [100, 200] },
] as const;

/** Deliveries a second to a thousand subscribers of a topic, beside `io.to(room).emit` in the hand-written relay. */
export async function measureFanout(options: ServiceOptions, children: Children, { progress, note }: Log): Promise<Figure[]> {
  const wanted = figures.filter(({ name }) => options.only.has(name));
  if (wanted.length === 0) return [];
  const count = options.isQuick ? 20 : subscribers;
  const sides: Audience<ServiceContestant>[] = [];
  for (const name of contestants) if (!options.without.has(name)) sides.push(await start(name, count, options, children));
  const measured: Figure[] = [];
  for (const { name, pattern, windows } of wanted) {
    const lanes = sides.flatMap((side) => windows.map((window) => ({ side, window, samples: [] as number[] })));
    const warmUps = options.isQuick ? 1 : warmUpRounds;
    for (let round = -warmUps; round < options.rounds; round++) {
      progress(`topics.${name} ${round < 0 ? "warm-up" : `round ${round + 1} of ${options.rounds}`}`);
      for (const { side, window, samples } of rotated(lanes, round + warmUps)) {
        const messagesPerS = await publish(side, { pattern, window, durationMs: options.isQuick ? 30 : sliceMs });
        if (round >= 0) samples.push(messagesPerS * count);
      }
    }
    for (const { side, window, samples } of lanes) note(`topics.${name} ${side.name} window ${window}`, samples);
    const medians = best(
      lanes.map(({ side, samples }) => [side.name, samples]),
      false,
    );
    measured.push(...compare(`topics.${name}`, "msg/s", medians.get("ours"), medians.get("hand")));
  }
  await children.endAll();
  return measured;
}

async function start(
  name: ServiceContestant,
  count: number,
  { isTwo, profileDir }: ServiceOptions,
  children: Children,
): Promise<Audience<ServiceContestant>> {
  const relay = children.start("relay", [name], { profileDir });
  const url = String(await relay.ready);
  const parts = (isTwo ? ["c", "d"] : ["c"]).map((prefix) => ({ url, prefix }));
  return startAudience(name, url, parts, count, children, { profileDir });
}
