import type { ContestantName } from "../contestants/contestants.ts";
import { compare, type Figure } from "../figure.ts";
import type { Order, Result } from "../load/sender.ts";
import type { Log } from "../log.ts";
import { rotated } from "../measured.ts";
import { median } from "../median.ts";
import type { Child } from "../processes/child.ts";
import type { Children } from "../processes/children.ts";
import { contestants as all, type ServiceContestant, type ServiceOptions } from "./options.ts";

const shape = { form: "text", sizeBytes: 50 } as const;
const warmUpRounds = 4;
const graceMs = 30_000;
/** Our messages would not do here: this is about calls. */
const programs: Readonly<Record<ServiceContestant, ContestantName>> = { ours: "ours-service", hand: "hand" };

const figures = [
  {
    name: "calls-64",
    unit: "calls/s",
    kind: "requests",
    window: 64,
    slices: 3,
    sliceMs: 250,
    read: ({ messagesPerS }: Result) => messagesPerS,
  },
  { name: "call-latency", unit: "ms", kind: "request", window: 1, slices: 10, sliceMs: 50, read: ({ roundTripMs }: Result) => roundTripMs },
] as const;

/** Calls of a service with one string, beside acknowledged events over the hand-written relay. */
export async function measureCalls(options: ServiceOptions, children: Children, { progress, note }: Log): Promise<Figure[]> {
  const wanted = figures.filter(({ name }) => options.only.has(name));
  if (wanted.length === 0) return [];
  const contestants = all.filter((name) => !options.without.has(name));
  const callers = new Map<ServiceContestant, Child>();
  for (const name of contestants) callers.set(name, await start(programs[name], options, children));
  const measured: Figure[] = [];
  for (const { name, unit, kind, window, slices, sliceMs, read } of wanted) {
    const samples = new Map<ServiceContestant, number[]>(contestants.map((contestant) => [contestant, []]));
    const order: Order = { kind, shape, window, durationMs: options.isQuick ? 30 : sliceMs };
    const warmUps = options.isQuick ? 1 : warmUpRounds;
    for (let round = -warmUps; round < options.rounds; round++) {
      progress(`services.${name} ${round < 0 ? "warm-up" : `round ${round + 1} of ${options.rounds}`}`);
      const sums = new Map<ServiceContestant, number>();
      for (let slice = 0; slice < slices; slice++) {
        for (const contestant of rotated(contestants, round + slice + warmUps)) {
          const result = (await callers.get(contestant)?.call("run", order, order.durationMs + graceMs)) as Result;
          sums.set(contestant, (sums.get(contestant) ?? 0) + read(result));
        }
      }
      if (round >= 0) for (const [contestant, sum] of sums) samples.get(contestant)?.push(sum / slices);
    }
    for (const [contestant, values] of samples) note(`services.${name} ${contestant}`, values);
    const [ours, baseline] = all.map((contestant) => samples.get(contestant)).map((values) => values && median(values));
    measured.push(...compare(`services.${name}`, unit, ours, baseline));
  }
  await children.endAll();
  return measured;
}

/** Relay, provider and caller, a process each. @returns the caller. */
async function start(name: ContestantName, { profileDir }: ServiceOptions, children: Children): Promise<Child> {
  const relay = children.start("relay", [name], { profileDir });
  const url = String(await relay.ready);
  const provider = children.start("clients", [name, url, "b"], { profileDir });
  await provider.ready;
  const caller = children.start("clients", [name, url, "a"], { profileDir });
  await caller.ready;
  return caller;
}
