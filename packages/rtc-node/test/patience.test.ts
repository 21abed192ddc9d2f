import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Patience } from "../src/backends/patience.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what is given passes at once, or waits from the beginning until a while after the release", () => {
  const out: number[] = [];
  const patience = new Patience<number>(100, (item) => out.push(item));
  patience.give(1);
  patience.begin();
  patience.give(2);
  vi.advanceTimersByTime(1000);
  const waiting = [...out];
  patience.release();
  patience.release();
  vi.advanceTimersByTime(99);
  patience.give(3);
  const still = [...out];
  vi.advanceTimersByTime(1);
  patience.give(4);

  expect([waiting, still, out]).toEqual([[1], [1], [1, 2, 3, 4]]);
});

test("opened before its time it lets out what it has, in order, and keeps no more", () => {
  const out: number[] = [];
  const patience = new Patience<number>(100, (item) => out.push(item));
  patience.begin();
  patience.release();
  patience.give(1);
  const was = patience.isKeeping;
  patience.open();
  patience.give(2);

  expect([was, patience.isKeeping, out, vi.getTimerCount()]).toEqual([true, false, [1, 2], 0]);
});

test("one that cannot be used does not stop those after it, and after the end nothing comes and no timer is left", () => {
  const out: number[] = [];
  const patience = new Patience<number>(100, (item) => {
    if (item === 1) throw new Error("no candidate");
    out.push(item);
  });
  patience.begin();
  patience.give(1);
  patience.give(2);
  patience.release();
  vi.advanceTimersByTime(100);
  patience.begin();
  patience.release();
  patience.end();
  patience.give(3);

  expect([out, vi.getTimerCount()]).toEqual([[2], 0]);
});
