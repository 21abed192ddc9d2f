import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TIMING } from "../../src/limits.ts";
import { Traffic } from "../../src/traffic.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Lets streams flow for some looks of the timer. */
function flow(traffic: Traffic, looks: number): void {
  for (let look = 0; look < looks; look++) {
    traffic.data();
    vi.advanceTimersByTime(TIMING.sharedMs);
  }
}

test("streams alone are not mixed", () => {
  const traffic = new Traffic();

  flow(traffic, 3);

  expect([traffic.isMixed, traffic.isMixedThere]).toEqual([false, false]);
  traffic.stop();
});

test("a message makes it mixed at once, and keeps it so as long as messages pass", () => {
  const traffic = new Traffic();
  for (let n = 0; n < 3; n++) {
    traffic.message();
    expect(traffic.isMixed).toBe(true);
    flow(traffic, 1);
    expect(traffic.isMixed).toBe(true);
  }
});

test("after the last message it is mixed for one look, and may be there for one more", () => {
  const traffic = new Traffic();
  traffic.message();

  flow(traffic, 1);
  expect([traffic.isMixed, traffic.isMixedThere]).toEqual([true, true]);
  flow(traffic, 1);
  expect([traffic.isMixed, traffic.isMixedThere]).toEqual([false, true]);
  flow(traffic, 1);
  expect([traffic.isMixed, traffic.isMixedThere]).toEqual([false, false]);
});

test("no timer runs without streams, nor after stop", () => {
  const traffic = new Traffic();
  traffic.message();
  expect(vi.getTimerCount()).toBe(0);

  traffic.data();
  traffic.stop();

  expect(vi.getTimerCount()).toBe(0);
});
