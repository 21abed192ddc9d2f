import { expect, test } from "vitest";
import { Confirmations, Confirmed } from "../src/load/confirmations.ts";
import { Publishing } from "../src/load/publishing.ts";
import { quickLines, testRefusals } from "./support/bench.ts";

test("a quick run prints each figure of services and topics as a line of JSON", { timeout: 120_000 }, async () => {
  const lines = await quickLines("services", "--two");

  expect(lines.map(({ name }) => name)).toEqual([
    "services.calls-64",
    "services.call-latency",
    "topics.fanout-1000",
    "topics.fanout-1000-alone",
    "topics.fanout-1000-burst",
  ]);
});

testRefusals("services", [
  [["--only", "calls"], 'no figure is called "calls"'],
  [["--rounds", "x"], '--rounds is a number from 1 to 100, not "x"'],
  [["--without", "plugin"], '--without knows ours, hand, not "plugin"'],
]);

test("a publisher has no more under way than its window, and waits for the slowest part of its subscribers", async () => {
  const [fast, slow] = [new Confirmations(), new Confirmations()];
  const confirmed = await Confirmed.connect([await fast.listen(), await slow.listen()]);
  let [published, mostUnderWay] = [0, 0];
  const publish = (): void => {
    published += 1;
    mostUnderWay = Math.max(mostUnderWay, published - confirmed.count);
    const count = published;
    fast.confirm(count);
    setTimeout(() => slow.confirm(count), 1);
  };

  const messagesPerS = await new Publishing({ publish }, confirmed).run({ pattern: "turns", window: 3, durationMs: 30 });

  expect(messagesPerS).toBeGreaterThan(0);
  expect(mostUnderWay).toBe(3);
  expect(confirmed.count).toBe(published);
});
