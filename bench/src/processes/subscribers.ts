import { contestants } from "../contestants/contestants.ts";
import type { ContestantName } from "../contestants/contestants.ts";
import { Confirmations } from "../load/confirmations.ts";
import { topicRing } from "../load/publishing.ts";
import { answer } from "./answer.ts";

/** `subscribers <contestant> <url> <prefix of the ids> <number>`: each checks that it gets each message, once and in order. */
const [name, url = "", prefix = "", number = ""] = process.argv.slice(2);
const topic = await contestants[name as ContestantName].topic?.();
if (!topic) throw new Error(`${name} has no topics`);
const { subscribe } = topic;
const count = Number(number);
const confirmations = new Confirmations();
const atOnce = 50;
let delivered = 0;
let problem = "";

async function add(id: string): Promise<void> {
  let received = 0;
  await subscribe(url, id, (payload) => {
    if (payload !== topicRing[received++ % topicRing.length]) problem ||= `message ${received - 1} of ${id} is not the one expected`;
    if (++delivered % count === 0) confirmations.confirm(delivered / count);
  });
}

const port = await confirmations.listen();
for (let first = 0; first < count; first += atOnce) {
  await Promise.all(Array.from({ length: Math.min(atOnce, count - first) }, (_, i) => add(`${prefix}${first + i}`)));
}

answer(port, {
  /** What went wrong so far; empty when nothing did. */
  check: (): string => problem,
});
