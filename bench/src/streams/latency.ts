import { setTimeout as delay } from "node:timers/promises";
import type { Figure } from "../figure.ts";
import type { Log } from "../log.ts";
import { median } from "../median.ts";
import type { Children } from "../processes/children.ts";
import { heapForBuffers } from "../processes/heap.ts";
import type { StreamOptions } from "./options.ts";

const graceMs = 30_000;
/** Until a stream has found its pace. */
const settleMs = 200;

/** Milliseconds that one request of a hundred takes longer than, while a stream runs as fast as it can between the same two, beside none. */
export async function measureLatency(options: StreamOptions, children: Children, { progress, note }: Log): Promise<Figure[]> {
  if (!options.only.has("request-during-bulk-p99")) return [];
  const relay = children.start("relay", ["ours"], { profileDir: options.profileDir, heap: heapForBuffers });
  const url = String(await relay.ready);
  let client = relay;
  for (const end of options.isTwo ? ["b", "a"] : ["ab"]) {
    client = children.start("streamer", [url, end], { profileDir: options.profileDir, heap: heapForBuffers });
    await client.ready;
  }
  const durationMs = options.isQuick ? 50 : 1500;
  const roundTrips = async (): Promise<number> => p99((await client.call("roundTrips", durationMs, durationMs + graceMs)) as number[]);
  const [idle, during]: [number[], number[]] = [[], []];
  for (let round = -1; round < options.rounds; round++) {
    progress(`streams.request-during-bulk-p99 ${round < 0 ? "warm-up" : `round ${round + 1} of ${options.rounds}`}`);
    const idleMs = await roundTrips();
    await client.call("start", 0, graceMs);
    await delay(options.isQuick ? 1 : settleMs);
    const duringMs = await roundTrips();
    await client.call("stop", null, graceMs);
    if (round < 0) continue;
    idle.push(idleMs);
    during.push(duringMs);
  }
  note("streams.request-during-bulk-p99 idle", idle);
  note("streams.request-during-bulk-p99 during", during);
  await children.endAll();
  return [{ name: "streams.request-during-bulk-p99", ours: median(during), baseline: median(idle), unit: "ms" }];
}

function p99(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
}
