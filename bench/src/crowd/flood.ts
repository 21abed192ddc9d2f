import { execFileSync } from "node:child_process";
import type { AttackReport } from "../../../tools/lib/strangers/attack.ts";
import { floodNames, type FloodName } from "../../../tools/lib/strangers/floods.ts";
import type { Figure } from "../figure.ts";
import type { Log } from "../log.ts";
import { median } from "../median.ts";
import type { Child } from "../processes/child.ts";
import type { Children } from "../processes/children.ts";
import { heapOfCommand } from "../processes/heap.ts";
import type { CrowdOptions } from "./options.ts";
import { hear, percentile, type Talk } from "./talk.ts";

const clients = 20;
const connectMs = 60_000;
const answerMs = 20_000;
const maxRounds = 3;
const perSecond = 500;
/** Where nothing happens, a short time tells as much as a long one. */
const calm: Talk = { perSecond, durationMs: 4000 };
/** When the flood comes, the relay does for the first time much of what it does about it: V8 compiles it, on processors that are busy as it is. */
const beginning: Talk = { perSecond, durationMs: 2000 };
const afterwards: Talk = { perSecond, durationMs: 14_000 };
/**
 * The baseline is never less, in milliseconds. Where nothing else runs, one question in a hundred takes 1 to 2 ms; where three processes share two cores, the
 * kernel alone hands out the processor in slices of some 3 ms, of which a question may meet one at each of them.
 */
const floorMs = 5;
const attackerAddress = "127.0.0.2";

/**
 * How much an attacker must offer a second to be a flood: at least five times what the relay takes from one address. A round in which it did not come
 * to that does not count.
 */
const leastPerSecond: Readonly<Record<FloodName, number>> = {
  // 50 handshakes.
  handshakes: 250,
  // 2,000 control requests.
  joins: 10_000,
  // 2,000 packets to nobody.
  "unknown-ids": 50_000,
  // 100 on each connection before it is cut, and ten connections a second then.
  pings: 5000,
  // 250 connections.
  "half-open": 1250,
  // A gigabyte in ten; a client may send 64 MiB.
  bodies: 10,
};

/** What was measured of one relay. */
interface Round {
  readonly without: Sample;
  readonly onset: Sample;
  /** All of the flood, its onset included. */
  readonly during: Sample;
  /** What the attacker did, each second. */
  readonly attack: AttackReport;
}

interface Sample {
  /** How long clients waited for their answers, in milliseconds; the shortest first. */
  readonly waits: readonly number[];
  /** That the relay used, of one processor. */
  readonly processorMs: number;
  readonly durationMs: number;
}

/** What clients of a relay wait, 99 times of 100 at most, while a stranger floods it, beside what they wait without it, in the same run. */
export async function measureFloods(options: CrowdOptions, children: Children, log: Log): Promise<Figure[]> {
  const wanted = floodNames.filter((flood) => options.only.has(`flood-${flood}`));
  if (wanted.length > 0) checkTools();
  const figures: Figure[] = [];
  for (const flood of wanted) {
    const rounds = await measureFlood(flood, options, children, log);
    report(flood, rounds, log);
    const [during, without] = [rounds.map((round) => p99(round.during)), rounds.map((round) => p99(round.without))];
    figures.push({ name: `load.flood-${flood}`, ours: median(during), baseline: Math.max(floorMs, median(without)), unit: "ms" });
  }
  return figures;
}

/** Without it the attacker would be measured, whose work would be done on another machine. */
function checkTools(): void {
  try {
    execFileSync("chrt", ["--version"], { stdio: "ignore" });
  } catch {
    throw new Error("floods need chrt (of util-linux, so Linux): with it the attacker runs only while nobody else wants the processor");
  }
}

async function measureFlood(flood: FloodName, options: CrowdOptions, children: Children, { progress, note }: Log): Promise<Round[]> {
  const wanted = Math.min(options.rounds, maxRounds);
  const rounds: Round[] = [];
  for (let tries = 0; rounds.length < wanted && tries < 2 * wanted; tries++) {
    progress(`load: a flood of ${flood}, round ${rounds.length + 1}`);
    const round = await meet(flood, options, children);
    if (options.isQuick || round.attack.offered >= leastPerSecond[flood]) rounds.push(round);
    else note(`load.flood-${flood} was no flood and does not count, offered a second`, [round.attack.offered]);
  }
  if (rounds.length < wanted) throw new Error(`the flood of ${flood} did not come about: the attacker got too little of the processor`);
  return rounds;
}

function report(flood: FloodName, rounds: readonly Round[], { note }: Log): void {
  const say = (what: string, read: (round: Round) => number): void => note(`load.flood-${flood} ${what}`, rounds.map(read));
  say("p99 without, ms", ({ without }) => p99(without));
  say("p99 during, ms", ({ during }) => p99(during));
  say("p99 in its first two seconds, ms", ({ onset }) => p99(onset));
  say("% of a processor the relay used without", ({ without }) => processor(without));
  say("% of a processor the relay used during", ({ during }) => processor(during));
  say("offered a second", ({ attack }) => attack.offered);
  say("got out a second", ({ attack }) => attack.sent);
  say("kB got out a second", ({ attack }) => attack.bytes / 1000);
  say("connections ended a second", ({ attack }) => attack.ended);
}

/** One fresh relay: its clients without the flood, and then with it. */
async function meet(flood: FloodName, { isQuick, profileDir }: CrowdOptions, children: Children): Promise<Round> {
  const relay = children.start("relay", ["guarded"], { profileDir, heap: heapOfCommand });
  const url = String(await relay.ready);
  const crowd = children.start("crowd", ["guarded", url, "victim"], { profileDir });
  await crowd.ready;
  await crowd.call("connect", clients, connectMs);
  const listen = (talk: Talk): Promise<Sample> => sample(relay, crowd, isQuick ? { ...talk, durationMs: 200 } : talk);
  await listen(calm);
  const without = await listen(calm);
  const order = { flood, port: Number(new URL(url).port), from: attackerAddress };
  const attacker = children.start("attacker", [JSON.stringify(order)], { isIdle: true });
  await attacker.ready;
  const start = performance.now();
  const onset = await listen(beginning);
  const during = together(onset, await listen(afterwards));
  const attack = eachSecond((await attacker.call("report", null, answerMs)) as AttackReport, (performance.now() - start) / 1000);
  await children.end(attacker, crowd, relay);
  return { without, onset, during, attack };
}

async function sample(relay: Child, crowd: Child, talk: Talk): Promise<Sample> {
  const used = async (): Promise<number> => Number(await relay.call("processorMs", null, answerMs));
  const [start, before] = [performance.now(), await used()];
  const waits = await hear(crowd, talk);
  return { waits, processorMs: (await used()) - before, durationMs: performance.now() - start };
}

function together(one: Sample, other: Sample): Sample {
  return {
    waits: [...one.waits, ...other.waits].sort((a, b) => a - b),
    processorMs: one.processorMs + other.processorMs,
    durationMs: one.durationMs + other.durationMs,
  };
}

function p99({ waits }: Sample): number {
  return percentile(waits, 0.99);
}

/** Percent of one processor. */
function processor({ processorMs, durationMs }: Sample): number {
  return (100 * processorMs) / durationMs;
}

function eachSecond({ offered, sent, ended, bytes }: AttackReport, seconds: number): AttackReport {
  return { offered: offered / seconds, sent: sent / seconds, ended: ended / seconds, bytes: bytes / seconds };
}
