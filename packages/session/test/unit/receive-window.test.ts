import { WIRE } from "@peerloom/protocol";
import { expect, test } from "vitest";
import { ReceiveWindow, type Arrival } from "../../src/receive-window.ts";

const attachment = new Uint8Array(1);

/** A packet whose frames are their own numbers. */
const packet = (first: number, count: number, bytes = 10): Arrival => ({
  first,
  frames: Array.from({ length: count }, (_, index) => first + index),
  attachments: [],
  bytes,
});

/** Feeds packets and tells what was handed out. */
function feed(window: ReceiveWindow, ...packets: readonly Arrival[]): unknown[] {
  const delivered: unknown[] = [];
  for (const arrival of packets) window.accept(arrival, (frame) => delivered.push(frame) > 0);
  return delivered;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

test.each<[string, readonly Arrival[], number]>([
  ["in order", [packet(0, 2), packet(2, 1)], 3],
  ["twice", [packet(0, 2), packet(0, 2), packet(2, 1), packet(0, 2)], 3],
  ["in the wrong order", [packet(2, 1), packet(1, 1), packet(0, 1)], 3],
  ["overlapping", [packet(0, 3), packet(1, 4), packet(4, 2)], 6],
  ["overlapping and early", [packet(3, 3), packet(2, 2), packet(1, 3), packet(0, 1)], 6],
  ["early twice", [packet(2, 2), packet(2, 2), packet(0, 2)], 4],
  ["early, the longer one first", [packet(2, 3), packet(2, 1), packet(0, 2)], 5],
  ["early, the longer one later", [packet(2, 1), packet(2, 3), packet(0, 2)], 5],
  ["early, one inside another", [packet(2, 5), packet(4, 1), packet(0, 2)], 7],
  ["with a gap that stays", [packet(0, 2), packet(5, 2)], 2],
])("packets that come %s are handed out once and in order", (_what, packets, count) => {
  const window = new ReceiveWindow(1000);

  expect(feed(window, ...packets)).toEqual(upTo(count));
  expect(window.expected).toBe(count);
});

test("nothing is held any more when all has been handed out", () => {
  const window = new ReceiveWindow(1000);

  feed(window, packet(2, 5), packet(4, 1), packet(3, 9), packet(0, 2));

  expect([window.earlyBytes, window.gaps(), window.expected]).toEqual([0, [], 12]);
});

test("gaps are what is missing before early packets", () => {
  const window = new ReceiveWindow(1000);
  const none = [window.hasGap, window.gaps()];

  feed(window, packet(9, 1), packet(5, 1), packet(6, 1));
  const two = [window.hasGap, window.gaps(), window.earlyBytes];
  feed(window, packet(0, 3));
  const filled = window.gaps();
  feed(window, packet(3, 2));

  expect([none, two, filled, window.gaps()]).toEqual([
    [false, []],
    [
      true,
      [
        [0, 5],
        [7, 9],
      ],
      30,
    ],
    [
      [3, 5],
      [7, 9],
    ],
    [[7, 9]],
  ]);
});

test("asked for what is missing below a number, the last gap ends there", () => {
  const window = new ReceiveWindow(1000);
  const empty = window.gaps(3);
  feed(window, packet(5, 2));

  expect([empty, window.gaps(5), window.gaps(7), window.gaps(9)]).toEqual([
    [[0, 3]],
    [[0, 5]],
    [[0, 5]],
    [
      [0, 5],
      [7, 9],
    ],
  ]);
});

test("it tells of a bounded number of gaps, the lowest ones", () => {
  const window = new ReceiveWindow(10_000);
  for (let n = 1; n <= 100; n++) feed(window, packet(n * 2, 1));

  expect([window.gaps().length, window.gaps(1000).length, window.gaps().at(-1)]).toEqual([WIRE.maxGaps, WIRE.maxGaps, [31, 32]]);
});

test("early packets beyond the budget are dropped and can come again", () => {
  const window = new ReceiveWindow(25);

  const delivered = feed(window, packet(3, 1), packet(2, 1), packet(1, 1), packet(0, 1), packet(1, 1));

  expect(delivered).toEqual([0, 1, 2, 3]);
  expect(window.earlyBytes).toBe(0);
});

test("what is due needs no budget", () => {
  const window = new ReceiveWindow(0);

  expect(feed(window, packet(0, 1, 1_000_000))).toEqual([0]);
});

test("packets without frames hold nothing", () => {
  const window = new ReceiveWindow(1000);

  feed(window, packet(5, 0), packet(Number.MAX_SAFE_INTEGER, 0), packet(0, 0));

  expect([window.earlyBytes, window.gaps(), window.expected]).toEqual([0, [], 0]);
});

test("a packet at the largest number is held and does not disturb", () => {
  const window = new ReceiveWindow(1000);

  const delivered = feed(window, packet(Number.MAX_SAFE_INTEGER, 3), packet(0, 2));

  expect(delivered).toEqual([0, 1]);
  expect(window.gaps()).toEqual([[2, Number.MAX_SAFE_INTEGER]]);
});

test("attachments go with the last frame of their packet, also when the first ones are known", () => {
  const window = new ReceiveWindow(1000);
  const delivered: [unknown, number][] = [];
  const deliver = (frame: unknown, { length }: readonly Uint8Array[]): boolean => delivered.push([frame, length]) > 0;

  window.accept(packet(0, 2), deliver);
  window.accept({ ...packet(1, 3), attachments: [attachment] }, deliver);
  window.accept({ ...packet(5, 2), attachments: [attachment, attachment] }, deliver);
  window.accept(packet(4, 1), deliver);

  expect(delivered).toEqual([
    [0, 0],
    [1, 0],
    [2, 0],
    [3, 1],
    [4, 0],
    [5, 0],
    [6, 2],
  ]);
});

test("it stops at a frame that is not taken, and says so", () => {
  const window = new ReceiveWindow(1000);
  const delivered: unknown[] = [];
  const deliver = (frame: unknown): boolean => delivered.push(frame) < 2;

  expect(window.accept(packet(3, 1), deliver)).toBe(true);
  expect(window.accept(packet(0, 3), deliver)).toBe(false);

  expect(delivered).toEqual([0, 1]);
});

test("a cleared one holds nothing early", () => {
  const window = new ReceiveWindow(1000);
  feed(window, packet(5, 1));

  window.clear();

  expect([window.earlyBytes, window.hasGap]).toEqual([0, false]);
});
