import { setTimeout as delay } from "node:timers/promises";
import { contestants } from "../contestants/contestants.ts";
import type { ContestantName } from "../contestants/contestants.ts";
import type { Wire } from "../contestants/wire.ts";
import type { Talk } from "../crowd/talk.ts";
import { answer } from "./answer.ts";

/** `crowd <contestant> <url> <prefix of the ids>`: clients in pairs that ask each other things. */
const [name, url = "", prefix = ""] = process.argv.slice(2);
const { connect: open } = await contestants[name as ContestantName].client();
const atOnce = 50;
const wires: Wire[] = [];
const handlers = { message: () => {}, request: (payload: unknown) => payload };

async function connect(count: number): Promise<void> {
  while (wires.length < count) {
    const ids = Array.from({ length: Math.min(atOnce, count - wires.length) }, (_, i) => wires.length + i);
    wires.push(...(await Promise.all(ids.map((n) => open(url, `${prefix}${n}`, `${prefix}${n ^ 1}`, handlers)))));
  }
}

/**
 * Has each client ask its partner as often as told, whether earlier questions were answered or not, in a steady order. What a question took counts from
 * the moment at which it was due: one that had to wait for its turn has waited.
 */
async function talk({ perSecond, durationMs }: Talk): Promise<number[]> {
  const samples: number[] = [];
  const asked: Promise<void>[] = [];
  const start = performance.now();
  const ask = async (n: number, due: number): Promise<void> => {
    const payload = `question ${n}`.padEnd(50, ".");
    const reply = await wires[n % wires.length]?.request(payload);
    if (reply !== payload) throw new Error(`question ${n} was answered with ${String(reply).slice(0, 24)}`);
    samples.push(performance.now() - due);
  };
  for (let n = 0; ;) {
    const elapsed = performance.now() - start;
    if (elapsed >= durationMs) break;
    for (const due = Math.floor((elapsed * perSecond) / 1000); n < due; n++) asked.push(ask(n, start + (n * 1000) / perSecond));
    await delay(1);
  }
  await Promise.all(asked);
  return samples;
}

answer(null, { connect, talk });
