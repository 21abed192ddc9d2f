import { randomFrom } from "@peerloom/core/testing";
import { expect, test } from "vitest";
import { Deque } from "../../src/deque.ts";

test("what is pushed is shifted in the same order", () => {
  const deque = new Deque<number>();
  for (const n of [1, 2, 3]) deque.push(n);

  expect([deque.length, deque.at(0), deque.at(2), deque.at(3), [...deque]]).toEqual([3, 1, 3, undefined, [1, 2, 3]]);
  expect([deque.shift(), deque.shift(), deque.shift(), deque.shift(), deque.length]).toEqual([1, 2, 3, undefined, 0]);
});

test("it keeps items that are undefined", () => {
  const deque = new Deque<undefined>();
  deque.push(undefined);
  deque.push(undefined);

  deque.shift();

  expect(deque.length).toBe(1);
});

test("a cleared one is empty and can be used again", () => {
  const deque = new Deque<number>();
  deque.push(1);
  deque.push(2);
  deque.shift();

  deque.clear();
  deque.push(3);

  expect([deque.length, deque.at(0), [...deque]]).toEqual([1, 3, [3]]);
});

test("over many steps it is the same as an array", () => {
  const random = randomFrom(1);
  const deque = new Deque<number>();
  const model: number[] = [];
  const shifted: (number | undefined)[] = [];
  const expected: (number | undefined)[] = [];

  for (let step = 0; step < 20_000; step++) {
    // Longer and longer, then empty again.
    if (random() < (step % 8000 < 5000 ? 0.7 : 0.2)) {
      deque.push(step);
      model.push(step);
    } else {
      shifted.push(deque.shift());
      expected.push(model.shift());
    }
    const index = Math.floor(random() * (model.length + 2));
    shifted.push(deque.length, deque.at(index));
    expected.push(model.length, model[index]);
  }

  expect(shifted).toEqual(expected);
  expect([...deque]).toEqual(model);
});
