import { expect, test } from "vitest";
import { Copies } from "../../src/streams/copies.ts";

const frame = (length: number, fill: number): { text: string; parts: Uint8Array[] } => ({
  text: "[11,1,[0]]",
  parts: [new Uint8Array(length).fill(fill)],
});

test("a frame's binaries no longer follow what they were made of", () => {
  const copies = new Copies();
  for (const length of [10, 2000, 20_000, 65_536, 100_000]) {
    const original = frame(length, 1);
    const copy = copies.take(original);

    original.parts[0]?.fill(2);

    expect(copy.frame).toEqual(frame(length, 1));
  }
});

test("a large buffer is used again after it was released, and not before", () => {
  const copies = new Copies();
  const [one, two] = [copies.take(frame(65_536, 1)), copies.take(frame(65_536, 2))];

  one.release?.();
  const three = copies.take(frame(60_000, 3));

  expect(three.frame.parts[0]?.buffer).toBe(one.frame.parts[0]?.buffer);
  expect(three.frame).toEqual(frame(60_000, 3));
  expect(two.frame).toEqual(frame(65_536, 2));
});

test("only a few buffers are kept", () => {
  const copies = new Copies();
  const taken = Array.from({ length: 100 }, () => copies.take(frame(65_536, 1)));
  const before = new Set(taken.map(({ frame: { parts } }) => parts[0]?.buffer));
  for (const { release } of taken) release?.();

  const again = Array.from({ length: 100 }, () => copies.take(frame(65_536, 1)).frame.parts[0]?.buffer);

  expect(again.filter((buffer) => before.has(buffer))).toHaveLength(24);
});
