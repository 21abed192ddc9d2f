import { setTimeout as delay } from "node:timers/promises";
import { contestants } from "../contestants/contestants.ts";
import type { ContestantName } from "../contestants/contestants.ts";
import { answer } from "./answer.ts";

/** `members <contestant> <url> <prefix of the ids>`: clients, ten to a room, that come back when their relay does. */
const [name, url = "", prefix = ""] = process.argv.slice(2);
const { connectMember } = await contestants[name as ContestantName].client();
const atOnce = 50;
const members: { readonly isBack: () => boolean }[] = [];

async function connect(count: number): Promise<void> {
  if (!connectMember) throw new Error(`${name} has no rooms`);
  while (members.length < count) {
    const ids = Array.from({ length: Math.min(atOnce, count - members.length) }, (_, i) => members.length + i);
    members.push(...(await Promise.all(ids.map((n) => connectMember(url, `${prefix}${n}`, `${prefix}${Math.floor(n / 10)}`)))));
  }
}

const back = (): number => members.filter(({ isBack }) => isBack()).length;

/** Waits until so many are in their rooms. @returns when that was, by the clock on the wall, which processes share. */
async function reaches(wanted: number): Promise<number> {
  while (back() !== wanted) await delay(5);
  return Date.now();
}

answer(null, { connect, away: () => reaches(0), back: () => reaches(members.length) });
