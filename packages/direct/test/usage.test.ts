import { expect, test } from "vitest";
import { isWorthMore, Usage } from "../src/usage.ts";

test("what was said counts half after ten seconds, and no less for being looked at", () => {
  const usage = new Usage(1000, 0);

  const scores = [usage.look(5000, 0), usage.look(5000, 10_000), usage.look(5000, 10_000), usage.look(6000, 20_000)];

  expect(scores).toEqual([4000, 2000, 2000, 2000]);
});

test("a little more is not worth another path", () => {
  expect([isWorthMore(60_000, 0), isWorthMore(70_000, 0), isWorthMore(1_000_000, 900_000), isWorthMore(3_000_000, 900_000)]).toEqual([
    false,
    true,
    false,
    true,
  ]);
});
