import { randomFrom } from "@peerloom/core/testing";
import { expect, test } from "vitest";
import { LostRanges, type Range } from "../../src/lost-ranges.ts";

/** All ranges in order. */
function drain(lost: LostRanges): Range[] {
  const ranges: Range[] = [];
  for (let first = lost.first; first !== undefined; first = lost.first) {
    ranges.push(first);
    lost.dropBelow(first[1]);
  }
  return ranges;
}

test.each<[string, readonly Range[], readonly Range[]]>([
  ["nothing", [], []],
  ["one", [[3, 5]], [[3, 5]]],
  [
    "two apart, in the wrong order",
    [
      [7, 9],
      [3, 5],
    ],
    [
      [3, 5],
      [7, 9],
    ],
  ],
  [
    "two that touch",
    [
      [3, 5],
      [5, 7],
    ],
    [[3, 7]],
  ],
  [
    "two that overlap",
    [
      [3, 6],
      [5, 7],
    ],
    [[3, 7]],
  ],
  [
    "one inside another",
    [
      [3, 9],
      [5, 7],
    ],
    [[3, 9]],
  ],
  [
    "one around others",
    [
      [3, 4],
      [6, 7],
      [1, 9],
    ],
    [[1, 9]],
  ],
  [
    "one that joins two",
    [
      [1, 3],
      [5, 7],
      [3, 5],
    ],
    [[1, 7]],
  ],
  ["an empty one", [[3, 3]], []],
  ["one that runs backwards", [[5, 3]], []],
  ["the largest", [[0, 2 ** 53 - 1]], [[0, 2 ** 53 - 1]]],
])("%s", (_what, added, expected) => {
  const lost = new LostRanges();

  for (const [from, to] of added) lost.add(from, to);

  expect(lost.isEmpty).toBe(expected.length === 0);
  expect(drain(lost)).toEqual(expected);
  expect([lost.isEmpty, lost.first]).toEqual([true, undefined]);
});

test.each<[number, readonly Range[]]>([
  [
    0,
    [
      [3, 5],
      [7, 9],
    ],
  ],
  [
    3,
    [
      [3, 5],
      [7, 9],
    ],
  ],
  [
    4,
    [
      [4, 5],
      [7, 9],
    ],
  ],
  [5, [[7, 9]]],
  [8, [[8, 9]]],
  [100, []],
])("what is below %i is forgotten", (to, expected) => {
  const lost = new LostRanges();
  lost.add(3, 5);
  lost.add(7, 9);

  lost.dropBelow(to);

  expect(drain(lost)).toEqual(expected);
});

test("over many steps it is the same as a set of numbers", () => {
  const random = randomFrom(2);
  const lost = new LostRanges();
  const model = new Set<number>();
  const wrong: number[] = [];

  for (let step = 0; step < 3000; step++) {
    const from = Math.floor(random() * 60);
    const to = from + Math.floor(random() * 6);
    if (random() < 0.1) {
      lost.dropBelow(from);
      for (const number of model) if (number < from) model.delete(number);
    } else if (random() < 0.01) {
      lost.clear();
      model.clear();
    } else {
      lost.add(from, to);
      for (let number = from; number < to; number++) model.add(number);
    }
    for (let number = 0; number < 70; number++) if (lost.has(number) !== model.has(number)) wrong.push(step);
    if (lost.first?.[0] !== [...model].sort((a, b) => a - b)[0]) wrong.push(step);
  }

  expect(wrong).toEqual([]);
});

test.each<[string, Range, readonly Range[]]>([
  [
    "a middle",
    [4, 6],
    [
      [0, 4],
      [6, 10],
      [20, 30],
    ],
  ],
  [
    "a beginning",
    [0, 6],
    [
      [6, 10],
      [20, 30],
    ],
  ],
  [
    "an end and a beginning",
    [8, 22],
    [
      [0, 8],
      [22, 30],
    ],
  ],
  ["one whole", [15, 30], [[0, 10]]],
  [
    "what is none",
    [10, 20],
    [
      [0, 10],
      [20, 30],
    ],
  ],
  [
    "nothing",
    [5, 5],
    [
      [0, 10],
      [20, 30],
    ],
  ],
])("%s can be taken out", (_what, [from, to], left) => {
  const lost = new LostRanges();
  lost.add(0, 10);
  lost.add(20, 30);

  lost.remove(from, to);

  expect(lost.all).toEqual(left);
});
