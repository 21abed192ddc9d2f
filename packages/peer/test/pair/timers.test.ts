import { createSignaler } from "@peerloom/signaling";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Channel } from "../../src/channels/index.ts";
import { Timers } from "../../src/pair/timers.ts";
import { Guests } from "../../src/room/guests.ts";
import { MemoryNetwork } from "../channels/memory-pair.ts";
import { marks } from "../channels/pair.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const endless = [3_000_000_000, Infinity];

test.each(endless)("a timer of %s ms does not run at once", (ms) => {
  const expired: string[] = [];
  const timers = new Timers<"expire">((name) => expired.push(name));
  timers.arm("expire", ms);
  vi.advanceTimersByTime(60_000);

  expect(expired).toEqual([]);
  timers.disarm("expire");
  expect(vi.getTimerCount()).toBe(0);
});

test.each(endless)("a guest that may take %s ms is not dropped at once", async (timeoutMs) => {
  const signaler = await createSignaler({ room: "room", id: "a" });
  const guests = new Guests({ max: 1, timeoutMs });
  const who = { id: "b", instance: "b".repeat(22), card: undefined };
  guests.add({ ...who, at: "judged", session: signaler.meet(who), metadata: undefined });
  vi.advanceTimersByTime(60_000);

  expect(guests.size).toBe(1);
  guests.clear();
  expect(vi.getTimerCount()).toBe(0);
});

test.each(endless)("a channel that waits %s ms for a data channel does not end at once", (detachedTimeoutMs) => {
  const channel = new Channel({ marks, detachedTimeoutMs });
  channel.attach(new MemoryNetwork().pair()[0]);
  channel.detach();
  vi.advanceTimersByTime(60_000);

  expect(channel.state).toBe("detached");
  void channel.close();
  expect(vi.getTimerCount()).toBe(0);
});
