import type { Figure } from "../figure.ts";
import type { Order, Result } from "../load/sender.ts";
import type { Log } from "../log.ts";
import { best, rotated } from "../measured.ts";
import type { Child } from "../processes/child.ts";
import type { Children } from "../processes/children.ts";
import { contestantNames, startLab, type Lab } from "./lab.ts";
import type { ClusterFigure, ClusterOptions } from "./options.ts";

const warmUpRounds = 3;
const quickMs = 30;
const graceMs = 60_000;

interface Load {
  readonly name: ClusterFigure;
  readonly nodes: number;
  readonly unit: string;
  readonly order: Pick<Order, "kind" | "shape" | "durationMs">;
  readonly windows: readonly number[];
  readonly isLowBetter: boolean;
  readonly read: (result: Result) => number;
}

const small: Pick<Load, "unit" | "order" | "windows" | "isLowBetter" | "read"> = {
  unit: "msg/s",
  order: { kind: "stream", shape: { form: "text", sizeBytes: 100 }, durationMs: 700 },
  windows: [1000, 4000],
  isLowBetter: false,
  read: ({ messagesPerS }) => messagesPerS,
};
const loads: readonly Load[] = [
  { name: "unicast-1-node", nodes: 1, ...small },
  { name: "unicast", nodes: 2, ...small },
  {
    name: "unicast-bulk-64KiB",
    nodes: 2,
    unit: "MB/s",
    order: { kind: "stream", shape: { form: "bytes", sizeBytes: 65_536 }, durationMs: 500 },
    windows: [16, 64],
    isLowBetter: false,
    read: ({ bytesPerS }) => bytesPerS / 1e6,
  },
  {
    name: "unicast-rtt-50B",
    nodes: 2,
    unit: "ms",
    order: { kind: "request", shape: { form: "text", sizeBytes: 50 }, durationMs: 300 },
    windows: [1000],
    isLowBetter: true,
    read: ({ roundTripMs }) => roundTripMs,
  },
  { name: "unicast-4-nodes", nodes: 4, ...small },
];

/** The nodes of one contestant, with a sender on the first and a receiver on the second, or on the only one. */
interface Pair {
  readonly lab: Lab;
  readonly sender: Child;
}

/** Messages from a client of one node to a client of another, and what that costs nodes that have neither. */
export async function measureUnicast(options: ClusterOptions, children: Children, log: Log): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const nodes of [1, 2, 4]) {
    const wanted = loads.filter((load) => load.nodes === nodes && options.only.has(load.name));
    const isCounted = nodes === 4 && options.only.has("uninvolved-node-packets");
    if (wanted.length === 0 && !isCounted) continue;
    await using stack = new AsyncDisposableStack();
    const pairs: Pair[] = [];
    for (const name of contestantNames)
      pairs.push(await startPair(stack.use(await startLab(name, nodes, options, children)), options, children));
    for (const load of wanted) figures.push(await measureLoad(load, pairs, options, log));
    if (isCounted) figures.push(await countUninvolved(pairs, options));
  }
  return figures;
}

async function startPair(lab: Lab, { profileDir }: ClusterOptions, children: Children): Promise<Pair> {
  const [first = "", second = first] = lab.urls;
  const client = lab.name === "ours" ? "ours" : "hand-cluster";
  const receiver = children.start("clients", [client, second, "b"], { profileDir });
  await receiver.ready;
  const sender = children.start("clients", [client, first, "a"], { profileDir });
  await sender.ready;
  return { lab, sender };
}

async function measureLoad(load: Load, pairs: readonly Pair[], options: ClusterOptions, { progress, note }: Log): Promise<Figure> {
  const lanes = pairs.flatMap((pair) =>
    (pair.lab.name === "ours" ? load.windows.slice(0, 1) : load.windows).map((window) => ({ pair, window, samples: [] as number[] })),
  );
  for (let round = -warmUpRounds; round < options.rounds; round++) {
    progress(`cluster.${load.name} ${round < 0 ? "warm-up" : `round ${round + 1} of ${options.rounds}`}`);
    for (const { pair, window, samples } of rotated(lanes, round + warmUpRounds)) {
      const result = await send(pair, { ...load.order, window }, options);
      if (round >= 0) samples.push(load.read(result));
    }
  }
  for (const { pair, window, samples } of lanes) note(`cluster.${load.name} ${pair.lab.name} window ${window}`, samples);
  const medians = best(
    lanes.map(({ pair, samples }) => [pair.lab.name, samples]),
    load.isLowBetter,
  );
  const [ours, baseline] = [medians.get("ours"), medians.get("hand")];
  return { name: `cluster.${load.name}`, ours: ours ?? Number.NaN, baseline: baseline ?? Number.NaN, unit: load.unit };
}

/** What the third and the fourth node hear while a thousand requests and their answers go between the first two; beside all of these, which is what they hear where everything goes to all. */
async function countUninvolved(pairs: readonly Pair[], options: ClusterOptions): Promise<Figure> {
  const ours = pairs.find(({ lab }) => lab.name === "ours");
  if (ours === undefined) throw new Error("our nodes are missing");
  const heard = async (): Promise<number[]> =>
    (await Promise.all(ours.lab.nodes.map((node) => node.call("heard", null, graceMs)))).map(Number);
  const before = await heard();
  await send(ours, { kind: "request", shape: { form: "text", sizeBytes: 50 }, durationMs: 1000, window: 1 }, options);
  const after = await heard();
  const grown = after.map((count, index) => count - (before[index] ?? 0));
  const [first = 0, second = 0, ...others] = grown;
  return { name: "cluster.uninvolved-node-packets", ours: Math.max(...others), baseline: first + second, unit: "packets" };
}

async function send({ sender }: Pair, order: Order, { isQuick }: ClusterOptions): Promise<Result> {
  const durationMs = isQuick ? quickMs : order.durationMs;
  return (await sender.call("run", { ...order, durationMs }, durationMs + graceMs)) as Result;
}
