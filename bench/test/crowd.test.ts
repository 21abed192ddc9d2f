import { expect, test } from "vitest";
import { percentile } from "../src/crowd/talk.ts";
import { quickLines, testRefusals } from "./support/bench.ts";

test("a quick run prints each figure of load as a line of JSON", { timeout: 180_000 }, async () => {
  const lines = await quickLines("load");

  expect(lines.map(({ name }) => name)).toEqual([
    "load.p50-2000-active",
    "load.p99-2000-active",
    "load.memory-idle-10000",
    "load.join-storm-5000",
    "load.flood-handshakes",
    "load.flood-joins",
    "load.flood-unknown-ids",
    "load.flood-pings",
    "load.flood-half-open",
    "load.flood-bodies",
  ]);
});

testRefusals("load", [
  [["--only", "p99"], 'no figure is called "p99"'],
  [["--rounds", "x"], '--rounds is a number from 1 to 100, not "x"'],
]);

test("a percentile is a sample that so many do not exceed", () => {
  const samples = Array.from({ length: 100 }, (_, n) => n + 1);

  expect([0, 0.5, 0.99, 1].map((share) => percentile(samples, share))).toEqual([1, 51, 100, 100]);
  expect(percentile([7], 0.99)).toBe(7);
});
