import { afterEach, describe, expect, test, vi } from "vitest";
import type { Admission } from "../src/admission.ts";
import { Drain, dueBy, resolveDrain, type DrainHost } from "../src/drain.ts";
import { createRelay } from "../src/index.ts";
import { connect, dial, refusal, startRelay } from "./support.ts";

test("clients are asked to move evenly over the window", () => {
  const due = [0, 1, 250, 500, 999, 1000, 5000].map((elapsedMs) => dueBy(elapsedMs, 1000, 10));

  expect(due).toEqual([0, 1, 3, 5, 10, 10, 10]);
  expect(dueBy(0, 0, 10)).toBe(10);
});

test("a draining relay refuses newcomers with a code that passes, and asks those that are here to move one after the other", async () => {
  let now = 0;
  await using server = await startRelay({ now: () => now });
  using alice = await connect(server.url, "alice");
  using bob = await connect(server.url, "bob");

  const phases: string[] = [];
  server.relay.on("phase", ({ phase }) => phases.push(phase));

  const report = server.relay.drain({ windowMs: 1000 });
  expect(server.relay.phase).toBe("draining");
  expect(await refusal(server.url, { clientId: "carol" })).toMatchObject({ code: "CLOSED" });
  now = 500;
  const first = await alice.next("bye");
  expect(await bob.ok({ type: "lookup", id: "alice" })).toMatchObject({ state: "away" });
  now = 1000;
  const second = await bob.next("bye");

  expect([first, second]).toEqual(
    Array.from({ length: 2 }, () => [{ code: "CLOSED", message: expect.stringContaining("draining") as string }]),
  );
  expect(await report).toEqual({ moved: 2, cut: 0 });
  expect(server.relay.phase).toBe("closed");
  expect(phases).toEqual(["draining", "closed"]);
  await expect(fetch(server.url)).rejects.toThrow("fetch failed");
});

test("a client that is being authenticated when draining begins is refused", async () => {
  const entered = Promise.withResolvers<void>();
  const decided = Promise.withResolvers<object>();
  const authenticate = (): Promise<object> => {
    entered.resolve();
    return decided.promise;
  };
  await using server = await startRelay({ authenticate });
  using alice = dial(server.url, { clientId: "alice" });
  await entered.promise;

  const report = server.relay.drain({ windowMs: 0 });
  decided.resolve({});

  expect(await alice.next("connect_error")).toMatchObject([{ code: "CLOSED" }]);
  expect(await report).toEqual({ moved: 0, cut: 0 });
});

test("a relay without clients is drained at once, and again is the same draining", async () => {
  const relay = createRelay({ port: 0 });
  await relay.listen();

  const report = relay.drain();

  expect(relay.drain()).toBe(report);
  expect(await report).toEqual({ moved: 0, cut: 0 });
  expect(await createRelay().drain()).toEqual({ moved: 0, cut: 0 });
});

test("closing ends the draining early", async () => {
  await using server = await startRelay({ now: () => 0 });
  using alice = await connect(server.url, "alice");

  const report = server.relay.drain({ windowMs: 1000 });
  await server.relay.close();

  expect(await report).toEqual({ moved: 0, cut: 0 });
  expect(await alice.next("bye")).toMatchObject([{ code: "CLOSED" }]);
});

describe("a client that the relay itself has work with", () => {
  /** A relay of three, of which some are busy, with a clock that is turned by hand. */
  function house(busy: Set<string>): { host: DrainHost; asked: string[]; turn: (ms: number) => void } {
    vi.useFakeTimers();
    const asked: string[] = [];
    let now = 0;
    const admissions = ["alice", "bob", "carol"].map((id) => ({ client: { id, link: { at: "here" } } }) as unknown as Admission);
    const host: DrainHost = {
      now: () => now,
      guard: (run) => run(),
      live: () => admissions.filter(({ client }) => client.link.at === "here"),
      isBusy: ({ client }) => busy.has(client.id),
      ask: ({ client }) => {
        asked.push(client.id);
        client.link = { at: "away", timer: undefined };
      },
    };
    const turn = (ms: number): void => {
      now += ms;
      vi.advanceTimersByTime(ms);
    };
    return { host, asked, turn };
  }

  afterEach(() => void vi.useRealTimers());

  test("is asked when that has ended", async () => {
    const busy = new Set(["alice"]);
    const { host, asked, turn } = house(busy);
    const drain = new Drain(host, { windowMs: 1000, deadlineMs: 5000 });

    turn(3000);
    expect(asked).toEqual(["bob", "carol"]);
    busy.clear();
    turn(100);

    expect(await drain.done).toEqual({ moved: 3, cut: 0 });
    expect([asked, vi.getTimerCount()]).toEqual([["bob", "carol", "alice"], 0]);
  });

  test("is asked at the deadline at last", async () => {
    const { host, asked, turn } = house(new Set(["alice", "carol"]));
    const drain = new Drain(host, { windowMs: 1000, deadlineMs: 5000 });

    turn(4900);
    expect(asked).toEqual(["bob"]);
    turn(200);

    expect(await drain.done).toEqual({ moved: 3, cut: 2 });
    expect([asked, vi.getTimerCount()]).toEqual([["bob", "alice", "carol"], 0]);
  });
});

test.each([
  [{ windowMs: -1 }, /windowMs must be a whole number of milliseconds from 0/],
  [{ deadlineMs: 1.5 }, /deadlineMs must be a whole number/],
  [{ windowMs: 100, deadlineMs: 99 }, /deadlineMs must not be less than windowMs \(100\), but is 99/],
  [{ windowMs: "1" as unknown as number }, /windowMs must be a number/],
])("%j is refused by name", (options, message) => {
  expect(() => resolveDrain(options)).toThrow(message);
  expect(() => createRelay().drain(options)).toThrow(message);
});

test("a long window moves the deadline with it", () => {
  expect(resolveDrain()).toEqual({ windowMs: 10_000, deadlineMs: 25_000 });
  expect(resolveDrain({ windowMs: 60_000 })).toEqual({ windowMs: 60_000, deadlineMs: 60_000 });
});
