import type { DirectMaker } from "@peerloom/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PathReport, type PathCounts } from "../src/path-report.ts";
import { TestRelay } from "./support/relay.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

test("the relay is told of paths when they have changed, and a new one is told anew", () => {
  let counts: PathCounts = { direct: 0, relayed: 0 };
  const told: PathCounts[] = [];
  const report = new PathReport(
    () => counts,
    (now) => {
      told.push(now);
      return Promise.reject(new Error("a relay that does not want to know"));
    },
  );

  report.connected();
  vi.advanceTimersByTime(20_000);
  expect(told).toEqual([]);
  counts = { direct: 1, relayed: 2 };
  vi.advanceTimersByTime(30_000);
  expect(told).toEqual([counts]);
  report.connected();

  expect(told).toEqual([counts, counts]);
  report.close();
  expect(vi.getTimerCount()).toBe(0);
});

test("a client that can take direct paths tells how many peers it reaches by the relay, which is no peer itself", async () => {
  const nowhere: DirectMaker = {
    start: () => ({
      send: () => false,
      opened: () => {},
      met: () => {},
      ended: () => {},
      silent: () => {},
      goDirect: () => Promise.resolve(),
      goRelay: () => {},
      close: () => Promise.resolve(),
    }),
  };
  await using relay = await TestRelay.start();
  const alice = await relay.connect("alice", { direct: nowhere });
  const bob = await relay.connect("bob");
  bob.onAny("hello", () => "hi");
  relay.server.onAny("hello", () => "hi");
  await alice.remote("bob").emitWithAck("hello");
  await alice.remote("relay").emitWithAck("hello");

  vi.advanceTimersByTime(10_000);
  await alice.lookup("bob");

  expect(relay.server.stats().paths).toEqual({ direct: 0, relayed: 1 });
});
