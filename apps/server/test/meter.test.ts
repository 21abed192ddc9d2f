import { expect, test } from "vitest";
import { loadBetween, Meter, type Reading } from "../src/meter.ts";

const reading = (nowMs: number, packets = 0): Reading => ({
  cpuMs: nowMs / 4,
  memoryBytes: 104_857_600,
  nowMs,
  stats: { clients: { here: 3, away: 1 }, packets, roomPackets: packets / 2, bytes: packets * 10, roomBytes: packets * 5 },
});

test("the load is what was used and forwarded between two readings, for a second", () => {
  expect(loadBetween(reading(0), reading(2000, 80))).toEqual({ cpu: 25, memoryMiB: 100, clients: 3, packets: 60, bytes: 600 });
});

test("two readings at one moment are no load", () => {
  expect(loadBetween(reading(5), reading(5))).toMatchObject({ cpu: 0, packets: 0 });
});

test("a meter remembers the last minute", () => {
  let nowMs = 0;
  const meter = new Meter(() => reading(nowMs, nowMs / 10));

  for (let second = 1; second <= 70; second += 1) {
    nowMs = second * 1000;
    meter.tick();
  }

  expect(meter.history).toHaveLength(60);
  expect(meter.load).toMatchObject({ cpu: 25, packets: 150 });
});
