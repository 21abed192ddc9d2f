import type { Log } from "../log.ts";
import { rotated } from "../measured.ts";
import type { ExerciseName } from "./exercise.ts";
import type { Lab } from "./lab.ts";

/** What is measured on a platform, of whom. */
export interface Plan {
  readonly platform: string;
  /** By name; those that begin alike up to a dash, such as `raw-1MiB`, are variants of one. */
  readonly contestants: readonly string[];
  /** Those whose connections are shared in a page: they are measured in new ones. */
  readonly isShared: (contestant: string) => boolean;
  readonly figures: ReadonlySet<string>;
  /** Is this contestant's variant one to try for this figure? */
  readonly isTried: (figure: string, contestant: string) => boolean;
  readonly rounds: number;
  /** Milliseconds of one contestant's turn; those of round trips are a quarter of that, and four times as many. */
  readonly sliceMs: number;
  readonly connects: number;
}

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
    // The first round is not counted: buffers and compilers find their pace.
    const parts = name === "rtt" ? 4 : 1;
    for (let round = -parts; round < plan.rounds * parts; round++) {
      const tried = plan.contestants.filter((contestant) => plan.isTried(name, contestant));
      for (const contestant of rotated(tried, round + parts)) {
        log.progress(`${plan.platform} ${name} ${round + 1}/${plan.rounds * parts} ${contestant}`);
        const value = await within(lab.a.exercise(name, `long-${contestant}`, plan.sliceMs / parts), `${contestant}: ${name}`);
        if (round >= 0) add(name, contestant, value);
      }
    }
  }
  for (const contestant of plan.contestants) await leave(lab, `long-${contestant}`);
  return samples;
}

async function measureConnects(
  lab: Lab,
  plan: Plan,
  add: (figure: string, contestant: string, value: number) => void,
  log: Log,
): Promise<void> {
  // The raw channel's watermarks do not matter here.
  const contestants = plan.contestants.filter(
    (name) => !name.startsWith("raw-") || name === plan.contestants.find((other) => other.startsWith("raw-")),
  );
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
