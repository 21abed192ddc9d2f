import type { ContestantName } from "../contestants/contestants.ts";
import type { Order, Result } from "../load/sender.ts";
import type { Log } from "../log.ts";
import { best, rotated } from "../measured.ts";
import type { Measured } from "../measured.ts";
import type { Child } from "../processes/child.ts";
import type { Children } from "../processes/children.ts";
import { loadBaselines, loadFigures } from "./figures.ts";
import type { LoadFigure } from "./figures.ts";
import type { RelayOptions } from "./options.ts";

const quickMs = 30;
const warmUpRounds = 4;
/** Beyond the time for which a run sends. */
const graceMs = 30_000;

interface Lane {
  readonly name: ContestantName;
  readonly window: number;
  readonly samples: number[];
}

/** Measures the figures of clients that talk: for each contestant and heap one relay and one pair of clients, taking turns. */
export async function measureLoads(options: RelayOptions, children: Children, { progress, note }: Log): Promise<Measured[]> {
  const figures = loadFigures.filter((figure) => options.only.has(figure.name));
  const names = (["ours", ...loadBaselines.map(([name]) => name)] as const).filter((name) => !options.without.has(name));
  if (figures.length === 0) return [];
  const sendersByHeap = new Map<LoadFigure["heap"], Map<ContestantName, Child>>();

  const measured: Measured[] = [];
  for (const figure of figures) {
    const senders = sendersByHeap.get(figure.heap) ?? new Map<ContestantName, Child>();
    sendersByHeap.set(figure.heap, senders);
    if (senders.size === 0) for (const name of names) senders.set(name, await startPair(name, figure.heap, options, children));
    const lanes = names.flatMap((name) => windowsOf(name, figure).map((window): Lane => ({ name, window, samples: [] })));
    // The rounds before the first warm everything up.
    const warmUps = options.isQuick ? 1 : warmUpRounds;
    for (let round = -warmUps; round < options.rounds; round++) {
      progress(`relay.${figure.name} ${round < 0 ? "warm-up" : `round ${round + 1} of ${options.rounds}`}`);
      const sums = new Map<Lane, number>();
      const slices = options.isQuick ? 1 : figure.slices;
      for (let slice = 0; slice < slices; slice++) {
        for (const lane of rotated(lanes, round + slice + warmUps)) {
          const result = await run(senders.get(lane.name), figure, lane.window, options.isQuick);
          sums.set(lane, (sums.get(lane) ?? 0) + figure.read(result));
        }
      }
      if (round >= 0) for (const [lane, sum] of sums) lane.samples.push(sum / slices);
    }
    const medians = best(
      lanes.map((lane) => [lane.name, lane.samples]),
      figure.isLowBetter,
    );
    for (const lane of lanes) note(`relay.${figure.name} ${lane.name} window ${lane.window}`, lane.samples);
    measured.push({ name: `relay.${figure.name}`, unit: figure.unit, baselines: loadBaselines, medians });
  }
  return measured;
}

/** Ours has a flow control of its own, so there is nothing to choose. */
const windowsOf = (name: ContestantName, { windows }: LoadFigure): readonly number[] => (name === "ours" ? windows.slice(0, 1) : windows);

async function startPair(
  name: ContestantName,
  heap: LoadFigure["heap"],
  { isTwo, profileDir }: RelayOptions,
  children: Children,
): Promise<Child> {
  const relay = children.start("relay", [name], { profileDir, heap });
  const url = String(await relay.ready);
  const ends = isTwo ? ["b", "a"] : ["ab"];
  let sender = relay;
  for (const end of ends) {
    sender = children.start("clients", [name, url, end], { profileDir, heap });
    await sender.ready;
  }
  return sender;
}

async function run(sender: Child | undefined, { kind, shape, sliceMs }: LoadFigure, window: number, isQuick: boolean): Promise<Result> {
  const order: Order = { kind, shape, window, durationMs: isQuick ? quickMs : sliceMs };
  return (await sender?.call("run", order, order.durationMs + graceMs)) as Result;
}
