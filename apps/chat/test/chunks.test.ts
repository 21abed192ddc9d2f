import { expect, test } from "vitest";
import { chunkSize, cut, type Chunk } from "../src/model/chunks.ts";
import type { Entry } from "../src/model/line.ts";

const line = (n: number): Entry => ({ kind: "said", id: String(n), from: "ada", name: "Ada", text: `line ${n}`, time: n });
const lines = (from: number, to: number): Entry[] => Array.from({ length: to - from }, (_, n) => line(from + n));

/** What is wrong with the chunks of these entries. */
function faults(chunks: readonly Chunk[], entries: readonly Entry[]): string[] {
  const all = chunks.flatMap((chunk) => chunk.entries);
  return [
    ...(all.length === entries.length && all.every((entry, at) => entry === entries[at]) ? [] : ["other entries"]),
    ...(new Set(chunks.map(({ key }) => key)).size === chunks.length ? [] : ["a key twice"]),
    ...chunks.flatMap(({ before }, at) => (before === chunks[at - 1]?.entries.at(-1) ? [] : [`chunk ${at} stands below something else`])),
  ];
}

test("no entries are no chunks", () => {
  expect(cut([], [])).toEqual([]);
});

test("a line that is added makes the last chunk new, and no other", () => {
  const entries = lines(0, 130);
  const before = cut([], entries);
  const longer = [...entries, line(130)];

  const after = cut(before, longer);

  expect(faults(after, longer)).toEqual([]);
  expect(after.map((chunk, at) => chunk === before[at])).toEqual([true, true, true, false]);
  expect(after.at(-1)?.key).toBe(before.at(-1)?.key);
});

test("a full last chunk stays, and a new one begins", () => {
  const entries = lines(0, chunkSize);
  const before = cut([], entries);

  const after = cut(before, [...entries, line(chunkSize)]);

  expect(after).toHaveLength(2);
  expect(after[0]).toBe(before[0]);
});

test("lines put before the others leave the chunks below as they are, but for what stands above the first", () => {
  const entries = lines(100, 200);
  const before = cut([], entries);
  const longer = [...lines(0, 100), ...entries];

  const after = cut(before, longer);

  expect(faults(after, longer)).toEqual([]);
  expect(after.slice(-2)).toEqual(before.slice(-2));
  expect(after.at(-1)).toBe(before.at(-1));
  expect(after.map(({ key }) => key)).toEqual(expect.arrayContaining(before.map(({ key }) => key)));
});

test("a line that changes makes its own chunk new", () => {
  const entries = lines(0, 200);
  const before = cut([], entries);
  const changed = entries.with(50, { ...line(50), text: "changed" } as Entry);

  const after = cut(before, changed);

  expect(faults(after, changed)).toEqual([]);
  expect(after.map((chunk, at) => chunk === before[at])).toEqual([true, false, true, true, true]);
});

test("lines dropped at the beginning, or taken out of the middle, leave a whole", () => {
  const entries = lines(0, 200);
  const before = cut([], entries);

  for (const fewer of [entries.slice(7), entries.slice(100), entries.toSpliced(60, 1), []])
    expect(faults(cut(before, fewer), fewer)).toEqual([]);
});

test("lines dropped at the beginning leave all chunks but the first as they are", () => {
  const entries = lines(0, 200);
  const before = cut([], entries);

  const after = cut(before, [...entries.slice(50), line(200)]);

  expect(after.map((chunk) => before.includes(chunk))).toEqual([false, true, true, true, false]);
});

test("keys stay apart when lines are put back before others that were dropped and changed", () => {
  const entries = lines(0, 200);
  const dropped = cut(cut([], entries), entries.slice(50));

  expect(faults(cut(dropped, entries), entries)).toEqual([]);
});
