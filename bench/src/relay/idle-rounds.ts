import { setTimeout as delay } from "node:timers/promises";
import type { ContestantName } from "../contestants/contestants.ts";
import type { Log } from "../log.ts";
import { best, rotated } from "../measured.ts";
import type { Measured } from "../measured.ts";
import type { Children } from "../processes/children.ts";
import { idleBaselines, idleFigures } from "./figures.ts";
import type { RelayOptions } from "./options.ts";

const deadlineMs = 120_000;
/** A second relay shows little that the first did not: this is bytes, not time. */
const maxRounds = 3;
const warmUpClients = 50;
const quickScale = 0.01;

/** Measures the figures of clients that do nothing. Each round has fresh processes, one contestant at a time. */
export async function measureIdle(options: RelayOptions, children: Children, { progress, note }: Log): Promise<Measured[]> {
  const figures = idleFigures.filter((figure) => options.only.has(figure.name));
  const names = (["ours", ...idleBaselines.map(([name]) => name)] as const).filter((name) => !options.without.has(name));
  if (figures.length === 0) return [];
  const scale = options.isQuick ? quickScale : 1;
  const counts = figures.map((figure) => figure.clients * scale);
  const samples = new Map(names.map((name) => [name, counts.map((): number[] => [])]));
  const rounds = Math.min(options.rounds, maxRounds);
  for (let round = 0; round < rounds; round++) {
    for (const name of rotated(names, round)) {
      progress(`idle clients of ${name}, round ${round + 1} of ${rounds}`);
      const bytes = await weigh(name, counts, options, children);
      for (const [i, value] of bytes.entries()) samples.get(name)?.[i]?.push(value);
    }
  }
  for (const [name, lists] of samples) for (const [i, values] of lists.entries()) note(`relay.${figures[i]?.name} ${name}`, values);
  return figures.map((figure, i) => ({
    name: `relay.${figure.name}`,
    unit: "B",
    baselines: idleBaselines,
    medians: best(
      [...samples].map(([name, lists]) => [name, lists[i] ?? []]),
      true,
    ),
  }));
}

/** Bytes per client, for each of `counts`, which ascend. */
export async function weigh(
  name: ContestantName,
  counts: readonly number[],
  { isQuick }: Pick<RelayOptions, "isQuick">,
  children: Children,
): Promise<number[]> {
  const settle = (): Promise<void> => delay(isQuick ? 10 : 500);
  const relay = children.start("relay", [name], { hasGc: true });
  const url = String(await relay.ready);
  const memory = async (): Promise<number> => Number(await relay.call("memory", null, deadlineMs));

  // What is loaded, compiled and allocated on first use belongs to the baseline.
  const first = children.start("idle", [name, url, "warm"]);
  await first.ready;
  await first.call("connect", isQuick ? 1 : warmUpClients, deadlineMs);
  const none = await leave();

  const idle = children.start("idle", [name, url, "idle"]);
  await idle.ready;
  const bytes: number[] = [];
  for (const count of counts) {
    await idle.call("connect", count, deadlineMs);
    await settle();
    bytes.push(((await memory()) - none) / count);
    const connected = Number(await idle.call("connected", null, deadlineMs));
    if (connected !== count) throw new Error(`${name}: ${count} idle clients connected, ${connected} stayed`);
  }
  await children.end(idle, relay);
  return bytes;

  async function leave(): Promise<number> {
    await children.end(first);
    await settle();
    return memory();
  }
}
