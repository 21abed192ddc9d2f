import type { Log } from "../log.ts";
import { rotated } from "../measured.ts";
import { median } from "../median.ts";
import type { ExerciseName } from "./exercise.ts";
import type { Lab } from "./lab.ts";

/** What is measured on a platform, of whom. */
export interface Plan {
  readonly platform: string;
  readonly contestants: readonly string[];
  /**
   * Those of the contestants that are variants of one. They are tried in rounds before the others, and the best one goes on: of several that
   * are measured beside ours and are nearly the same, the best would be the luckiest.
   */
  readonly variants: readonly string[];
  /** Those whose connections are shared in a page: they are measured in new ones. */
  readonly isShared: (contestant: string) => boolean;
  readonly figures: ReadonlySet<string>;
  /** Is this contestant's variant one to try for this figure? */
  readonly isTried: (figure: string, contestant: string) => boolean;
  readonly rounds: number;
  readonly turns: Turns;
  readonly connects: number;
}

/** How many turns each contestant has in a round, and for how many milliseconds. Many short ones say more than few long ones: rates change slower than turns do. */
export type Turns = Readonly<Record<ExerciseName, readonly [count: number, ms: number]>>;

export const usualTurns: Turns = { rtt: [20, 40], small: [4, 200], bulk: [8, 100] };
/** Shows that it runs. */
export const quickTurns: Turns = { rtt: [1, 20], small: [1, 50], bulk: [1, 50] };
/** Of the rounds of a measurement, those of a trial: variants are nearly the same. */
const TRIAL_SHARE = 0.25;

/** The samples of each contestant for each figure. */
export type Samples = Map<string, Map<string, number[]>>;

const exercises: readonly ExerciseName[] = ["rtt", "small", "bulk"];

/** Measures in rounds in which everyone has a turn, in an order that rotates. */
export async function measureLab(lab: Lab, plan: Plan, log: Log): Promise<Samples> {
  const samples: Samples = new Map();
  const add = (figure: string, contestant: string, value: number): void => {
    const byName = samples.get(figure) ?? new Map<string, number[]>();
    samples.set(figure, byName.set(contestant, [...(byName.get(contestant) ?? []), value]));
  };
  if (plan.figures.has("connect")) await measureConnects(lab, plan, add, log);
  const wanted = exercises.filter((name) => plan.figures.has(name));
  if (wanted.length === 0) return samples;
  for (const contestant of plan.contestants) {
    await within(lab.b.open(contestant, `long-${contestant}`, "b"), `${contestant}: opening`);
    await within(lab.a.open(contestant, `long-${contestant}`, "a"), `${contestant}: connecting`);
  }
  for (const name of wanted) {
    const tried = plan.contestants.filter((contestant) => plan.isTried(name, contestant));
    const variants = tried.filter((contestant) => plan.variants.includes(contestant));
    const trial = { ...plan, rounds: Math.ceil(plan.rounds * TRIAL_SHARE) };
    const trials = variants.length > 1 ? await measureRounds(lab, trial, name, variants, log) : new Map<string, number[]>();
    const chosen = bestOf(trials, name === "rtt") ?? variants[0];
    const others = tried.filter((contestant) => !variants.includes(contestant) || contestant === chosen);
    for (const [variant, values] of trials) log.note(`${plan.platform}.${name} trial of ${variant}`, values);
    samples.set(name, await measureRounds(lab, plan, name, others, log));
  }
  for (const contestant of plan.contestants) await leave(lab, `long-${contestant}`);
  return samples;
}

/** The values of each round, by contestant. */
async function measureRounds(
  lab: Lab,
  plan: Plan,
  name: ExerciseName,
  contestants: readonly string[],
  log: Log,
): Promise<Map<string, number[]>> {
  const values = new Map<string, number[]>(contestants.map((contestant) => [contestant, []]));
  const { platform, rounds } = plan;
  const [turns, turnMs] = plan.turns[name];
  // The first round is not counted: buffers and compilers find their pace.
  for (let turn = -turns; turn < rounds * turns; turn++) {
    for (const contestant of rotated(contestants, turn + turns)) {
      log.progress(`${platform} ${name} ${Math.floor(turn / turns) + 1}/${rounds} ${contestant}`);
      const value = await within(lab.a.exercise(name, `long-${contestant}`, turnMs), `${contestant}: ${name}`);
      if (turn >= 0) values.get(contestant)?.push(value);
    }
  }
  return values;
}

function bestOf(values: ReadonlyMap<string, readonly number[]>, isLowBetter: boolean): string | undefined {
  const sign = isLowBetter ? 1 : -1;
  return [...values].toSorted(([, one], [, other]) => sign * (median(one) - median(other)))[0]?.[0];
}

async function measureConnects(
  lab: Lab,
  plan: Plan,
  add: (figure: string, contestant: string, value: number) => void,
  log: Log,
): Promise<void> {
  // What they differ in does not matter here.
  const contestants = plan.contestants.filter((name) => !plan.variants.includes(name) || name === plan.variants[0]);
  for (let turn = -1; turn < plan.connects; turn++) {
    for (const contestant of rotated(contestants, turn + 1)) {
      log.progress(`${plan.platform} connect ${turn + 1}/${plan.connects} ${contestant}`);
      const room = `connect-${contestant}-${turn + 1}`;
      const isShared = plan.isShared(contestant);
      const { a, b } = isShared ? await lab.fresh() : lab;
      await within(b.open(contestant, room, "b"), `${contestant}: opening`);
      const ms = await within(a.open(contestant, room, "a"), `${contestant}: connecting`);
      if (turn >= 0) add("connect", contestant, ms);
      if (isShared) await Promise.all([a.end(), b.end()]);
      else await leave({ a, b }, room);
    }
  }
}

async function leave({ a, b }: Pick<Lab, "a" | "b">, room: string): Promise<void> {
  await Promise.all([within(a.leave(room), "leaving"), within(b.leave(room), "leaving")]);
}

const DEADLINE_MS = 60_000;

async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${DEADLINE_MS} ms`)), DEADLINE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
