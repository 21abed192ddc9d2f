import { randomFrom } from "@peerloom/core/testing";
import { expect, test } from "vitest";
import { IdMap } from "../../src/id-map.ts";

test("what is set is there until it is taken, once", () => {
  const map = new IdMap<string>();
  map.set(7, "seven");
  map.set(7, "another seven");

  expect([map.size, map.has(7), map.get(7), map.has(23), map.get(23)]).toEqual([1, true, "another seven", false, undefined]);
  expect([map.take(7), map.take(7), map.take(23), map.size, map.entries]).toEqual(["another seven", undefined, undefined, 0, []]);
});

test("numbers that end in the same bits, and the largest there are, are kept apart", () => {
  const map = new IdMap<number>();
  const ids = [0, 16, 32, 2 ** 32, 2 ** 33 + 16, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 16];
  for (const id of ids) map.set(id, id);

  expect(map.take(16)).toBe(16);
  expect(ids.map((id) => map.get(id))).toEqual(ids.map((id) => (id === 16 ? undefined : id)));
});

/** What requests do to it, and what a peer could do that chooses numbers which end in the same bits. */
test.each([
  ["count up", (step: number) => step],
  ["end in the same bits", (step: number) => step * 4096],
  ["are few and come again", (step: number) => (step * 7) % 40],
])("where numbers %s it is the same as a Map", (_what, idOf) => {
  const random = randomFrom(1);
  const map = new IdMap<number>();
  const model = new Map<number, number>();

  for (let step = 0; step < 5000; step++) {
    const id = idOf(step);
    map.set(id, step);
    model.set(id, step);
    for (const known of [...model.keys()]) {
      if (random() > (step % 1000 < 500 ? 0.02 : 0.5)) continue;
      expect(map.take(known)).toBe(model.get(known));
      model.delete(known);
    }
    expect([map.size, map.has(id), map.get(id)]).toEqual([model.size, model.has(id), model.get(id)]);
  }

  expect(new Map(map.entries)).toEqual(model);
});

test("thousands at a time find room, and are all found", () => {
  const map = new IdMap<number>();
  for (let id = 0; id < 5000; id++) map.set(id, id * 2);
  for (let id = 0; id < 5000; id++) expect(map.take(id)).toBe(id * 2);

  expect([map.size, map.entries]).toEqual([0, []]);
});
