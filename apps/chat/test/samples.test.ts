import { expect, test } from "vitest";
import { samples } from "../src/samples/samples.ts";
import { maxPoints, toPath, withValue, type Series } from "../src/samples/series.ts";

test("a series keeps the newest values, and no others than numbers", () => {
  let series: Series = [];
  for (const value of [...Array.from({ length: 100 }, (_, n) => n), "no", Number.NaN, null]) series = withValue(series, value);

  expect(series).toHaveLength(maxPoints);
  expect(series.at(-1)).toBe(99);
});

test("a series is drawn up to the right edge, between 0 and its greatest value", () => {
  expect(toPath([], 59, 10)).toBe("");
  expect(toPath([0, 5, 10], 59, 10)).toBe("M57 10L58 5L59 0");
  expect(toPath([-10, 10], 59, 10)).toBe("M58 10L59 0");
});

test.each([
  ["counter", 7, "It is 7 now"],
  ["counter", "<b>", "It is ? now"],
  ["dice", { sum: 4 }, "You rolled 4"],
  ["dice", null, "You rolled ?"],
  ["clock", "2026-02-03T04:05:06Z", "04:05:06 UTC"],
  ["clock", 5, "No answer"],
  ["load", { clients: 2, cpu: 0.5, memoryMiB: 80 }, "2 connected, 0.5 % processor, 80 MiB"],
])("what %s answers is said in words", (service, answer, words) => {
  expect(samples.find((sample) => sample.service === service)?.words(answer)).toBe(words);
});
