import { chromium, type Browser } from "playwright-core";
import { chromiumLaunch } from "../../../tools/lib/chromium.ts";
import type { Figure } from "../figure.ts";
import type { Log } from "../log.ts";
import { median } from "../median.ts";
import { runGroup } from "../run-group.ts";
import { openHall, type Hall } from "./hall.ts";
import { chat, type ChatOptions } from "./options.ts";
import { openVisitor, type Visitor } from "./visitor.ts";

/** What people do not notice yet: from a key to its letter, in milliseconds. */
const keyBudgetMs = 50;
/** Two frames at 60 a second. */
const frameBudgetMs = 33.4;
const everySaidMs = 100;

/** `pnpm bench chat`; returns the exit code. */
export function benchChat(args: readonly string[]): Promise<number> {
  return runGroup(chat, args, [(options, _, log) => measureChat(options, log)]);
}

/** A page in a room of 50 people with 10,000 lines, while lines come in, beside a page that is alone. */
async function measureChat({ only, rounds, isQuick }: ChatOptions, log: Log): Promise<Figure[]> {
  const [people, lines, keys, frames] = isQuick ? [3, 200, 5, 10] : [49, 10_000, 60, 240];
  const browser = await chromium.launch(chromiumLaunch([], "/usr/bin/chromium"));
  try {
    await using hall = await openHall(people);
    await using full = await openVisitor(browser, hall.url, hall.room, "Ada");
    await hall.say(lines - 1);
    // Of lines by different people any may come first; this one comes after all others.
    await hall.say(1);
    await full.sees(`line ${lines - 1}:`);
    const typing: number[] = [];
    const alone: number[] = [];
    const scrolling: number[] = [];
    for (let round = 0; round < rounds; round++) {
      typing.push(percentile(await whileSaid(hall, () => full.type(keys)), 0.95));
      if (only.has("scroll")) scrolling.push(percentile(await full.scroll(frames), 0.95));
      if (only.has("typing-over-empty")) alone.push(await typeAlone(browser, hall.url, keys));
      log.progress(`chat: round ${round + 1} of ${rounds}`);
    }
    const figures: Figure[] = [
      { name: "chat.typing", ours: median(typing), baseline: keyBudgetMs, unit: "ms" },
      { name: "chat.typing-over-empty", ours: median(typing), baseline: median(alone), unit: "ms" },
      { name: "chat.scroll", ours: median(scrolling), baseline: frameBudgetMs, unit: "ms" },
    ];
    return figures.filter(({ name }) => [...only].some((chosen) => name === `chat.${chosen}`));
  } finally {
    await browser.close();
  }
}

async function typeAlone(browser: Browser, url: string, keys: number): Promise<number> {
  await using visitor: Visitor = await openVisitor(browser, url, "empty", "Bob");
  return percentile(await visitor.type(keys), 0.95);
}

/** Somebody says a line now and then while something is measured. */
async function whileSaid<T>(hall: Hall, run: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => void hall.say(1), everySaidMs);
  try {
    return await run();
  } finally {
    clearInterval(timer);
  }
}

/** Of 60 keys, the third slowest is the 95th percentile. */
function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
