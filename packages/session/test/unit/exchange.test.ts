import { expect, test } from "vitest";
import { Exchange } from "../../src/exchange.ts";

function exchange(...says: ((one: Exchange) => void)[]): number {
  let told = 0;
  const one = new Exchange(() => (told += 1));
  for (const say of says) say(one);
  return told;
}

test("it takes both sides, in whatever order, and is told once", () => {
  expect(exchange((one) => one.speaks("a"))).toBe(0);
  expect(exchange((one) => one.hears("a"))).toBe(0);
  expect(
    exchange(
      (one) => one.hears("a"),
      (one) => one.speaks("b"),
      (one) => one.hears("c"),
      (one) => one.isLong(),
    ),
  ).toBe(1);
});

test("an answer is worth as much as a word, but only to what was said", () => {
  expect(
    exchange(
      (one) => one.isAnswered(),
      (one) => one.speaks("a"),
    ),
  ).toBe(0);
  expect(
    exchange(
      (one) => one.speaks("a"),
      (one) => one.isAnswered(),
    ),
  ).toBe(1);
});

test("what Peerloom itself asks does not count, calls of services do", () => {
  const says = (name: string): number =>
    exchange(
      (one) => one.speaks(name),
      (one) => one.hears(name),
    );

  expect(["peerloom:hello", "peerloom:replay", "peerloom:start", "peerloom:direct"].map(says)).toEqual([0, 0, 0, 0]);
  expect(says("peerloom:call")).toBe(1);
});

test("much in one direction is enough", () => {
  expect(exchange((one) => one.isLong())).toBe(1);
});
