import type { Figure } from "../figure.ts";
import type { Log } from "../log.ts";
import { best, rotated } from "../measured.ts";
import { publish, startAudience, type Audience } from "../processes/audience.ts";
import type { Children } from "../processes/children.ts";
import { contestantNames, startLab } from "./lab.ts";
import type { NodeName } from "./node.ts";
import type { ClusterOptions } from "./options.ts";

const subscribers = 400;
const warmUpRounds = 2;
const sliceMs = 700;
const figures = [
  { name: "room", nodes: 2 },
  { name: "room-4-nodes", nodes: 4 },
] as const;
const windows = [8, 32] as const;

/** Deliveries a second from one publisher to the subscribers of a topic, who are spread over the nodes. */
export async function measureRooms(options: ClusterOptions, children: Children, { progress, note }: Log): Promise<Figure[]> {
  const measured: Figure[] = [];
  for (const { name, nodes } of figures) {
    if (!options.only.has(name)) continue;
    const count = options.isQuick ? 8 : subscribers;
    await using stack = new AsyncDisposableStack();
    const sides: Audience<NodeName>[] = [];
    for (const one of contestantNames) {
      const { urls } = stack.use(await startLab(one, nodes, options, children));
      const parts = urls.map((url, index) => ({ url, prefix: `s${index}-` }));
      sides.push(await startAudience(one, urls[0] ?? "", parts, count, children, { profileDir: options.profileDir }));
    }
    const lanes = sides.flatMap((side) => windows.map((window) => ({ side, window, samples: [] as number[] })));
    for (let round = -warmUpRounds; round < options.rounds; round++) {
      progress(`cluster.${name} ${round < 0 ? "warm-up" : `round ${round + 1} of ${options.rounds}`}`);
      for (const { side, window, samples } of rotated(lanes, round + warmUpRounds)) {
        const messagesPerS = await publish(side, { pattern: "turns", window, durationMs: options.isQuick ? 30 : sliceMs });
        if (round >= 0) samples.push(messagesPerS * count);
      }
    }
    for (const { side, window, samples } of lanes) note(`cluster.${name} ${side.name} window ${window}`, samples);
    const medians = best(
      lanes.map(({ side, samples }) => [side.name, samples]),
      false,
    );
    const [ours, baseline] = [medians.get("ours"), medians.get("hand")];
    measured.push({ name: `cluster.${name}`, ours: ours ?? Number.NaN, baseline: baseline ?? Number.NaN, unit: "msg/s" });
    await children.end(...sides.flatMap((side) => [side.publisher, ...side.subscribers]));
  }
  return measured;
}
