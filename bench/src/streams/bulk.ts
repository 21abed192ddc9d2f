import type { ContestantName } from "../contestants/contestants.ts";
import { compare, type Figure } from "../figure.ts";
import type { Order, Result } from "../load/sender.ts";
import type { Log } from "../log.ts";
import { best, rotated } from "../measured.ts";
import type { Child } from "../processes/child.ts";
import type { Children } from "../processes/children.ts";
import { heapForBuffers } from "../processes/heap.ts";
import type { StreamContestant, StreamOptions } from "./options.ts";

const shape = { form: "bytes", sizeBytes: 65_536 } as const;
const warmUpRounds = 3;
const slices = 3;
const graceMs = 30_000;

/** Who is measured, under whose name, with how many messages under way. The best of each name stands in the table. */
const allLanes: readonly { readonly name: StreamContestant; readonly runs: ContestantName; readonly window: number }[] = [
  { name: "ours", runs: "ours-stream", window: 1 },
  { name: "hand", runs: "hand", window: 16 },
  { name: "hand", runs: "hand", window: 64 },
  { name: "plugin", runs: "plugin-stream", window: 1 },
  { name: "plugin", runs: "plugin", window: 16 },
];

/** MB/s of writes of 64 KiB through one stream. */
export async function measureBulk(options: StreamOptions, children: Children, { progress, note }: Log): Promise<Figure[]> {
  if (!options.only.has("bulk-64KiB")) return [];
  const lanes = allLanes.filter(({ name }) => !options.without.has(name));
  const senders = new Map<ContestantName, Child>();
  for (const { runs } of lanes) if (!senders.has(runs)) senders.set(runs, await startPair(runs, options, children));
  const samples = lanes.map((): number[] => []);
  const order = { kind: "stream", shape, durationMs: options.isQuick ? 30 : 250 } as const;
  const warmUps = options.isQuick ? 1 : warmUpRounds;
  for (let round = -warmUps; round < options.rounds; round++) {
    progress(`streams.bulk-64KiB ${round < 0 ? "warm-up" : `round ${round + 1} of ${options.rounds}`}`);
    const sums = lanes.map(() => 0);
    for (let slice = 0; slice < slices; slice++) {
      for (const { runs, window, index } of rotated(
        lanes.map((lane, at) => ({ ...lane, index: at })),
        round + slice + warmUps,
      )) {
        const run = async (): Promise<Result> =>
          (await senders.get(runs)?.call("run", { ...order, window } satisfies Order, order.durationMs + graceMs)) as Result;
        // What idles while the others have their turns loses its memory to the system, which takes a while to give it back.
        await run();
        const result = await run();
        sums[index] = (sums[index] ?? 0) + result.bytesPerS / 1e6;
      }
    }
    if (round >= 0) for (const [index, sum] of sums.entries()) samples[index]?.push(sum / slices);
  }
  for (const [index, { runs, window }] of lanes.entries()) note(`streams.bulk-64KiB ${runs} window ${window}`, samples[index] ?? []);
  await children.endAll();
  const medians = best(
    lanes.map(({ name }, index) => [name, samples[index] ?? []]),
    false,
  );
  return [
    ...compare("streams.bulk-64KiB", "MB/s", medians.get("ours"), medians.get("hand")),
    ...compare("streams.bulk-64KiB-vs-plugin", "MB/s", medians.get("ours"), medians.get("plugin")),
  ];
}

async function startPair(name: ContestantName, { isTwo, profileDir }: StreamOptions, children: Children): Promise<Child> {
  const relay = children.start("relay", [name], { profileDir, heap: heapForBuffers });
  const url = String(await relay.ready);
  let sender = relay;
  for (const end of isTwo ? ["b", "a"] : ["ab"]) {
    sender = children.start("clients", [name, url, end], { profileDir, heap: heapForBuffers });
    await sender.ready;
  }
  return sender;
}
