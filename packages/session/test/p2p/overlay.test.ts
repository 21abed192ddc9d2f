import { expect, test } from "vitest";
import { overlay } from "../../src/p2p/overlay.ts";

class Counter {
  #count = 0;
  step = 1;

  get count(): number {
    return this.#count;
  }

  add(): this {
    this.#count += this.step;
    return this;
  }

  name(): string {
    return "counter";
  }
}

test("the face's properties come first, and the rest is the target's, which stays whole", () => {
  const target = new Counter();
  const both = overlay(target, { name: () => "face", extra: 1 });

  both.add();
  both.step = 10;
  target.add();

  expect([both.count, both.name(), both.extra, target.name()]).toEqual([11, "face", 1, "counter"]);
  expect(both).toBeInstanceOf(Counter);
  expect(both.constructor).toBe(Counter);
});

test("a method is the same each time it is asked for", () => {
  const both = overlay(new Counter(), {});

  expect(both.add).toBe(both.add);
});

test("the face cannot be replaced, and its getters are asked each time", () => {
  let n = 0;
  const both = overlay(new Counter(), {
    get next() {
      return (n += 1);
    },
  });

  expect([both.next, both.next]).toEqual([1, 2]);
  expect(Reflect.set(both, "next", 7)).toBe(false);
  expect(["next" in both, "add" in both, "other" in both]).toEqual([true, true, false]);
});
