import { PeerloomError, type WaitOptions } from "@peerloom/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { PendingRequests } from "../../src/pending-requests.ts";
import { ServedRequests } from "../../src/served-requests.ts";
import { Waiters } from "../../src/waiters.ts";

const lost = new PeerloomError("PEER_LOST", "gone");
/** What a promise rejects with; listens at once, so that no rejection goes unheard. */
const errorOf = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a pending request", () => {
  /** A table, and the numbers of those whose asker stopped waiting. */
  function table(max: number = 10): { readonly pending: PendingRequests; readonly cancelled: number[] } {
    const cancelled: number[] = [];
    return { pending: new PendingRequests("bob", max, (id) => cancelled.push(id)), cancelled };
  }

  /** Starts a request. `id` is undefined when it is not to be sent. */
  function start(pending: PendingRequests, wait: WaitOptions = {}): { readonly answer: Promise<unknown>; readonly id: number | undefined } {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    return { id: pending.add('"sum"', wait, { resolve, reject }), answer: promise };
  }

  test("resolves with its answer, each under a number of its own", async () => {
    const { pending, cancelled } = table();
    const [first, second] = [start(pending), start(pending)];
    expect([first.id, second.id, pending.size]).toEqual([1, 2, 2]);

    pending.resolve(2, "two");
    pending.resolve(1, undefined);

    expect([await first.answer, await second.answer, pending.size]).toEqual([undefined, "two", 0]);
    expect(cancelled).toEqual([]);
  });

  test("settles once: a second answer and answers to unknown numbers are dropped", async () => {
    const { pending } = table();
    const { answer } = start(pending);

    pending.resolve(1, "first");
    pending.resolve(1, "second");
    pending.reject(1, lost);
    for (const id of [0, -1, 99, Number.MAX_SAFE_INTEGER]) pending.resolve(id, "x");

    expect(await answer).toBe("first");
    expect(pending.size).toBe(0);
  });

  test("times out, is cancelled once, and leaves no timer", async () => {
    const { pending, cancelled } = table();
    const { answer } = start(pending, { timeoutMs: 50 });
    const failure = errorOf(answer);

    vi.advanceTimersByTime(50);
    pending.resolve(1, "late");

    expect(await failure).toMatchObject({ code: "TIMEOUT", message: 'the request "sum" to "bob" took longer than 50 ms' });
    expect([cancelled, pending.size, vi.getTimerCount()]).toEqual([[1], 0, 0]);
  });

  test("each expires at its own time, whatever times the others have, and those that were answered do not", async () => {
    const { pending, cancelled } = table();
    const started = [300, 100, 200, 100].map((timeoutMs) => start(pending, { timeoutMs }));
    const failures = started.map(({ answer }) => errorOf(answer));
    pending.resolve(4, "in time");

    const left: number[] = [];
    for (const stepMs of [99, 1, 99, 1, 99, 1]) {
      vi.advanceTimersByTime(stepMs);
      left.push(pending.size);
    }

    expect(left).toEqual([3, 2, 2, 1, 1, 0]);
    expect(await Promise.all(failures)).toMatchObject([{ code: "TIMEOUT" }, { code: "TIMEOUT" }, { code: "TIMEOUT" }, "in time"]);
    expect([cancelled, vi.getTimerCount()]).toEqual([[2, 3, 1], 0]);
  });

  test("may wait longer than a timer can", async () => {
    const { pending } = table();
    const failure = errorOf(start(pending, { timeoutMs: 2 ** 31 + 1000 }).answer);

    vi.advanceTimersByTime(2 ** 31 + 999);
    expect(pending.size).toBe(1);
    vi.advanceTimersByTime(1);

    expect(await failure).toMatchObject({ code: "TIMEOUT" });
  });

  test("answered ones keep no process alive", async () => {
    vi.useRealTimers();
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timers();
    const { pending } = table();
    const counts: number[] = [];

    for (const id of [1, 2]) {
      const { answer } = start(pending, { timeoutMs: 60_000 });
      counts.push(timers() - before);
      pending.resolve(id, "yes");
      await answer;
      counts.push(timers() - before);
    }
    pending.rejectAll(lost);

    expect(counts).toEqual([1, 0, 1, 0]);
  });

  test("answered ones share one timer, which goes with the last peer's end", () => {
    const { pending } = table();
    for (const id of [1, 2, 3]) {
      void start(pending, { timeoutMs: 50 }).answer;
      pending.resolve(id, "x");
    }

    expect(vi.getTimerCount()).toBe(1);
    pending.rejectAll(lost);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is cancelled when the caller's signal aborts", async () => {
    const { pending, cancelled } = table();
    const controller = new AbortController();
    const { answer } = start(pending, { signal: controller.signal, timeoutMs: 50 });
    const failure = errorOf(answer);

    controller.abort("stop");

    expect(await failure).toMatchObject({ code: "ABORTED", cause: "stop" });
    expect([cancelled, pending.size, vi.getTimerCount()]).toEqual([[1], 0, 0]);
  });

  test("is never sent when the signal has aborted before", async () => {
    const { pending, cancelled } = table();
    const { answer, id } = start(pending, { signal: AbortSignal.abort("early") });

    await expect(answer).rejects.toMatchObject({ code: "ABORTED", cause: "early" });

    expect([id, cancelled, pending.size]).toEqual([undefined, [], 0]);
  });

  test("that could not be sent is dropped and leaves nothing", () => {
    const { pending, cancelled } = table();
    const { id = 0 } = start(pending, { timeoutMs: 50 });

    pending.drop(id);

    expect([cancelled, pending.size, vi.getTimerCount()]).toEqual([[], 0, 0]);
  });

  test("beyond the limit throws OVERFLOW", () => {
    const { pending } = table(2);
    start(pending);
    start(pending);

    expect(() => start(pending)).toThrow(expect.objectContaining({ code: "OVERFLOW" }));
    pending.resolve(1, 0);
    expect(() => start(pending)).not.toThrow();
  });

  test("rejects when the peer is lost", async () => {
    const { pending, cancelled } = table();
    const answers = [start(pending, { timeoutMs: 50 }), start(pending, { signal: new AbortController().signal })];

    pending.rejectAll(lost);

    for (const { answer } of answers) await expect(answer).rejects.toBe(lost);
    expect([cancelled, pending.size, vi.getTimerCount()]).toEqual([[], 0, 0]);
  });
});

describe("a served request", () => {
  test("lasts until it is answered", () => {
    const served = new ServedRequests(10);
    const context = served.start(7, "alice");
    expect([context.from, served.has(7), served.size]).toEqual(["alice", true, 1]);

    expect([served.finish(7, context), served.finish(7, context), served.finish(8, context)]).toEqual([true, false, false]);

    expect([served.has(7), served.size]).toEqual([false, 0]);
  });

  test("may have its number used again when it is answered", () => {
    const served = new ServedRequests(1);
    served.finish(7, served.start(7, "alice"));

    expect(() => served.start(7, "alice")).not.toThrow();
  });

  test("finds no room beyond the limit", () => {
    const served = new ServedRequests(2);
    served.start(1, "alice");

    expect(served.hasRoom).toBe(true);
    served.start(2, "alice");
    expect(served.hasRoom).toBe(false);
  });

  test("that is cancelled aborts its signal with the reason, and needs no answer any more", () => {
    const served = new ServedRequests(10);
    const context = served.start(1, "alice");
    const { signal } = context;

    served.cancel(1, lost);
    served.cancel(1, new PeerloomError("CLOSED", "again"));

    expect([signal.aborted, signal.reason, served.finish(1, context), served.size]).toEqual([true, lost, false, 0]);
  });

  test("that is cancelled keeps its place until its handler ends, and never answers another of its number", () => {
    const served = new ServedRequests(2);
    const cancelled = served.start(1, "alice");
    served.cancel(1, lost);
    const second = served.start(1, "alice");

    expect([served.size, served.hasRoom]).toEqual([1, false]);
    expect([served.finish(1, cancelled), served.has(1), served.hasRoom]).toEqual([false, true, true]);
    expect(served.finish(1, second)).toBe(true);
  });

  test("whose handler asks for the signal only later finds it aborted", () => {
    const served = new ServedRequests(10);
    const context = served.start(1, "alice");

    served.cancelAll(lost);

    expect([context.signal.aborted, context.signal.reason, context.signal === context.signal]).toEqual([true, lost, true]);
  });

  test("that was answered is not aborted by the end of the session", () => {
    const served = new ServedRequests(10);
    const context = served.start(1, "alice");
    const { signal } = context;
    served.finish(1, context);

    served.cancelAll(lost);

    expect(signal.aborted).toBe(false);
  });

  test("unknown is cancelled without effect", () => {
    expect(() => new ServedRequests(10).cancel(5, lost)).not.toThrow();
  });
});

describe("waiters", () => {
  test("are all resolved, each once", async () => {
    const waiters = new Waiters();
    const both = Promise.all([waiters.wait("it", {}), waiters.wait("it", { timeoutMs: 50 })]);

    waiters.resolveAll();
    waiters.rejectAll(lost);

    expect(await both).toEqual([undefined, undefined]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("are all rejected", async () => {
    const waiters = new Waiters();
    const waiting = [waiters.wait("it", {}), waiters.wait("it", { signal: new AbortController().signal })];

    waiters.rejectAll(lost);

    for (const one of waiting) await expect(one).rejects.toBe(lost);
  });

  test("stop alone when their time or their signal ends", async () => {
    const waiters = new Waiters();
    const controller = new AbortController();
    const late = errorOf(waiters.wait("it", { timeoutMs: 50 }));
    const aborted = errorOf(waiters.wait("it", { signal: controller.signal }));
    const patient = waiters.wait("it", {});

    vi.advanceTimersByTime(50);
    controller.abort();
    waiters.resolveAll();

    expect([await late, await aborted, await patient]).toMatchObject([{ code: "TIMEOUT" }, { code: "ABORTED" }, undefined]);
  });

  test("whose signal has aborted before do not wait", async () => {
    const waiters = new Waiters();

    await expect(waiters.wait("it", { signal: AbortSignal.abort("early"), timeoutMs: 50 })).rejects.toMatchObject({ cause: "early" });

    expect(vi.getTimerCount()).toBe(0);
  });

  test("that begin to wait when the others are resolved wait for the next time", async () => {
    const waiters = new Waiters();
    let isSecondDone = false;
    const first = waiters.wait("it", {}).then(async () => {
      await waiters.wait("it", {});
      isSecondDone = true;
    });
    waiters.resolveAll();
    await Promise.resolve();
    expect(isSecondDone).toBe(false);

    await vi.waitUntil(() => {
      waiters.resolveAll();
      return isSecondDone;
    });

    await first;
    expect(isSecondDone).toBe(true);
  });
});
