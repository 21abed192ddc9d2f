import { abortError, backoff, checkTimeout, deadline, deferred, type PeerloomError } from "@peerloom/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const day = 86_400_000;

describe("a deadline", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("expires with TIMEOUT after its time, once", () => {
    const expire = vi.fn<(error: PeerloomError) => void>();
    deadline({ timeoutMs: 100 }, "the test", expire);

    vi.advanceTimersByTime(99);
    expect(expire).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);

    expect(expire.mock.calls).toMatchObject([[{ code: "TIMEOUT", message: "the test took longer than 100 ms" }]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("expires with ABORTED and the reason when the signal aborts first", () => {
    const expire = vi.fn<(error: PeerloomError) => void>();
    const controller = new AbortController();
    deadline({ timeoutMs: 100, signal: controller.signal }, "the test", expire);

    controller.abort("no more");
    vi.advanceTimersByTime(200);

    expect(expire.mock.calls).toMatchObject([[{ code: "ABORTED", cause: "no more" }]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("does not listen to the signal after its time", () => {
    const expire = vi.fn<(error: PeerloomError) => void>();
    const controller = new AbortController();
    deadline({ timeoutMs: 100, signal: controller.signal }, "the test", expire);

    vi.advanceTimersByTime(100);
    controller.abort();

    expect(expire).toHaveBeenCalledTimes(1);
  });

  test("expires before it returns when the signal has aborted already, and starts no timer", () => {
    const expire = vi.fn<(error: PeerloomError) => void>();

    const stop = deadline({ timeoutMs: 100, signal: AbortSignal.abort("early") }, "the test", expire);

    expect(expire.mock.calls).toMatchObject([[{ code: "ABORTED", cause: "early" }]]);
    expect(vi.getTimerCount()).toBe(0);
    stop();
  });

  test("that is stopped expires neither way", () => {
    const expire = vi.fn<(error: PeerloomError) => void>();
    const controller = new AbortController();
    const stop = deadline({ timeoutMs: 100, signal: controller.signal }, "the test", expire);

    stop();
    stop();
    controller.abort();
    vi.advanceTimersByTime(200);

    expect(expire).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("without a limit never expires and starts no timer", () => {
    const expire = vi.fn<(error: PeerloomError) => void>();
    deadline({}, "the test", expire);
    deadline({ timeoutMs: Infinity }, "the test", expire);

    expect(vi.getTimerCount()).toBe(0);
    expect(expire).not.toHaveBeenCalled();
  });

  test("may be longer than a timer can be", () => {
    const expire = vi.fn<(error: PeerloomError) => void>();
    deadline({ timeoutMs: 60 * day }, "the test", expire);
    const stop = deadline({ timeoutMs: 60 * day }, "another", expire);

    vi.advanceTimersByTime(60 * day - 1);
    expect(expire).not.toHaveBeenCalled();
    stop();
    vi.advanceTimersByTime(1);

    expect(expire.mock.calls).toMatchObject([[{ code: "TIMEOUT", message: "the test took longer than 5184000000 ms" }]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("of no time expires in the next turn, not at once", () => {
    const expire = vi.fn<(error: PeerloomError) => void>();
    deadline({ timeoutMs: 0 }, "the test", expire);

    expect(expire).not.toHaveBeenCalled();
    vi.advanceTimersByTime(0);
    expect(expire).toHaveBeenCalledTimes(1);
  });

  test("that is no duration throws a RangeError and waits for nothing", () => {
    expect(() => deadline({ timeoutMs: -1, signal: AbortSignal.abort() }, "the test", () => {})).toThrow(RangeError);
    expect(vi.getTimerCount()).toBe(0);
  });
});

test.each([-1, -Infinity, NaN, "5", null, undefined, {}])("%s is no duration", (value) => {
  expect(() => checkTimeout(value as number)).toThrow(RangeError);
});

test.each([0, 0.5, 1, 2 ** 31, Infinity])("%s is a duration", (value) => {
  expect(checkTimeout(value)).toBe(value);
});

test("an abort error names the signal's reason as its cause", () => {
  expect(abortError(AbortSignal.abort())).toMatchObject({ code: "ABORTED", cause: { name: "AbortError" } });
});

test("a deferred settles from outside, once", async () => {
  const [good, bad] = [deferred<number>(), deferred<number>()];

  good.resolve(1);
  good.reject(new Error("too late"));
  bad.reject(new Error("no"));

  expect(await good.promise).toBe(1);
  await expect(bad.promise).rejects.toThrow("no");
});

test.each([
  [0, 100],
  [1, 200],
  [5, 3200],
  [6, 5000],
  [1_000_000, 5000],
  [Infinity, 5000],
])("before try %s it waits at most %s ms and at least half of that", (attempt, fullMs) => {
  expect(backoff(attempt, { random: () => 0 })).toBe(fullMs / 2);
  expect(backoff(attempt, { random: () => 0.5 })).toBe(fullMs * 0.75);
  expect(backoff(attempt, { random: () => 1 - 2 ** -53 })).toBeCloseTo(fullMs);
});

test("the bounds of a back-off are options", () => {
  const options = { minMs: 10, maxMs: 35, random: () => 0 };

  expect([0, 1, 2, 3].map((attempt) => backoff(attempt, options))).toEqual([5, 10, 17.5, 17.5]);
});
