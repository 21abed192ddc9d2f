import type { Figure } from "../figure.ts";
import type { PublishOrder } from "../load/publishing.ts";
import type { Log } from "../log.ts";
import { best, rotated } from "../measured.ts";
import type { Child } from "../processes/child.ts";
import type { Children } from "../processes/children.ts";
import { contestantNames, startLab, type Lab } from "./lab.ts";
import type { ClusterOptions } from "./options.ts";

const subscribers = 400;
const warmUpRounds = 2;
const sliceMs = 700;
const graceMs = 60_000;
const figures = [
  { name: "room", nodes: 2 },
  { name: "room-4-nodes", nodes: 4 },
] as const;
const windows = [8, 32] as const;

interface Side {
  readonly lab: Lab;
  readonly publisher: Child;
  readonly subscribers: readonly Child[];
}

/** Deliveries a second from one publisher to the subscribers of a topic, who are spread over the nodes. */
export async function measureRooms(options: ClusterOptions, children: Children, { progress, note }: Log): Promise<Figure[]> {
  const measured: Figure[] = [];
  for (const { name, nodes } of figures) {
    if (!options.only.has(name)) continue;
    const count = options.isQuick ? 8 : subscribers;
    await using stack = new AsyncDisposableStack();
    const sides: Side[] = [];
    for (const one of contestantNames)
      sides.push(await start(stack.use(await startLab(one, nodes, options, children)), count, options, children));
    const lanes = sides.flatMap((side) => windows.map((window) => ({ side, window, samples: [] as number[] })));
    for (let round = -warmUpRounds; round < options.rounds; round++) {
      progress(`cluster.${name} ${round < 0 ? "warm-up" : `round ${round + 1} of ${options.rounds}`}`);
      for (const { side, window, samples } of rotated(lanes, round + warmUpRounds)) {
        const messagesPerS = await run(side, { pattern: "turns", window, durationMs: options.isQuick ? 30 : sliceMs });
        if (round >= 0) samples.push(messagesPerS * count);
      }
    }
    for (const { side, window, samples } of lanes) note(`cluster.${name} ${side.lab.name} window ${window}`, samples);
    const medians = best(
      lanes.map(({ side, samples }) => [side.lab.name, samples]),
      false,
    );
    const [ours, baseline] = [medians.get("ours"), medians.get("hand")];
    measured.push({ name: `cluster.${name}`, ours: ours ?? Number.NaN, baseline: baseline ?? Number.NaN, unit: "msg/s" });
    await children.end(...sides.flatMap((side) => [side.publisher, ...side.subscribers]));
  }
  return measured;
}

async function start(lab: Lab, count: number, { profileDir }: ClusterOptions, children: Children): Promise<Side> {
  const programs: Child[] = [];
  const ports: string[] = [];
  for (const [index, url] of lab.urls.entries()) {
    const program = children.start("subscribers", [lab.name, url, `s${index}-`, String(count / lab.urls.length)], { profileDir });
    ports.push(String(await program.ready));
    programs.push(program);
  }
  const publisher = children.start("publisher", [lab.name, lab.urls[0] ?? "", ports.join(",")], { profileDir });
  await publisher.ready;
  return { lab, publisher, subscribers: programs };
}

async function run({ lab, publisher, subscribers: programs }: Side, order: PublishOrder): Promise<number> {
  const messagesPerS = Number(await publisher.call("run", order, order.durationMs + graceMs));
  for (const program of programs) {
    const problem = String(await program.call("check", null, graceMs));
    if (problem !== "") throw new Error(`${lab.name}: ${problem}`);
  }
  return messagesPerS;
}
