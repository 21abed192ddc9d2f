import { expect, test } from "vitest";
import { quickLines, testRefusals } from "./support/bench.ts";

test("a quick run prints each figure of streams as a line of JSON", { timeout: 120_000 }, async () => {
  const lines = await quickLines("streams");

  expect(lines.map(({ name }) => name)).toEqual([
    "streams.bulk-64KiB",
    "streams.bulk-64KiB-vs-plugin",
    "streams.slow-reader-memory",
    "streams.request-during-bulk-p99",
  ]);
});

test("figures of those that are left out are left out", { timeout: 60_000 }, async () => {
  const lines = await quickLines("streams", "--only", "bulk-64KiB", "--without", "plugin");

  expect(lines.map(({ name }) => name)).toEqual(["streams.bulk-64KiB"]);
});

testRefusals("streams", [
  [["--only", "bulk"], 'no figure is called "bulk"'],
  [["--rounds", "x"], '--rounds is a number from 1 to 100, not "x"'],
  [["--without", "ws"], '--without knows ours, hand, plugin, not "ws"'],
]);
