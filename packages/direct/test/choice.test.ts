import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Choice, isWorth } from "../src/choice.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface World {
  readonly choice: Choice;
  readonly taken: boolean[];
  directMs: number;
  isRelayUp: boolean;
}

function open(): World {
  const taken: boolean[] = [];
  const world: World = {
    taken,
    directMs: 1,
    isRelayUp: true,
    choice: new Choice({
      measure: async () => world.directMs,
      isRelayUp: () => world.isRelayUp,
      take: (isTaken) => void taken.push(isTaken),
      now: () => Date.now(),
    }),
  };
  return world;
}

test("a direct path is taken unless it is far slower than the relay", () => {
  expect([isWorth(30, 2), isWorth(250, 110), isWorth(60, 2), isWorth(500, 110), isWorth(500, Infinity)]).toEqual([
    true,
    true,
    false,
    false,
    true,
  ]);
});

test("a slow one is measured again every few seconds, and taken once it is fast", async () => {
  const world = open();
  world.directMs = 500;
  world.choice.relayTook(10);
  world.choice.up();

  await vi.advanceTimersByTimeAsync(12_000);
  expect(world.taken).toEqual([]);
  world.directMs = 5;
  await vi.advanceTimersByTimeAsync(5000);

  expect(world.taken).toEqual([true]);
});

test("a slow one is taken soon when the relay is lost, and at once when it is lost already or somebody asks", async () => {
  const [lost, gone, asked] = [open(), open(), open()];
  for (const world of [lost, gone, asked]) {
    world.directMs = 500;
    world.choice.relayTook(10);
  }
  gone.isRelayUp = false;
  asked.choice.force();
  for (const { choice } of [lost, gone, asked]) choice.up();
  expect([gone.taken, asked.taken]).toEqual([[true], [true]]);

  lost.isRelayUp = false;
  await vi.advanceTimersByTimeAsync(1000);

  expect(lost.taken).toEqual([true]);
});

test("one that the other side has taken is taken, too", async () => {
  const world = open();
  world.directMs = 500;
  world.choice.relayTook(10);
  world.choice.follow();
  expect(world.taken).toEqual([]);
  world.choice.up();

  world.choice.follow();

  expect(world.taken).toEqual([true]);
});

test("one that comes and goes is taken later each time; another one, and one that stayed, is trusted again", async () => {
  const world = open();
  const waits: number[] = [];
  const untilTaken = async (): Promise<number> => {
    world.choice.up();
    const start = Date.now();
    while (!world.choice.isTaken) await vi.advanceTimersByTimeAsync(50);
    return Date.now() - start;
  };
  for (let turn = 0; turn < 4; turn++) {
    waits.push(await untilTaken());
    world.choice.down();
  }
  world.choice.renew();
  waits.push(await untilTaken());
  world.choice.down();
  await untilTaken();
  await vi.advanceTimersByTimeAsync(20_000);
  world.choice.down();
  waits.push(await untilTaken());

  expect(waits).toEqual([50, 500, 1000, 2000, 50, 50]);
});

test("one that is lost while it is measured is not taken, and no timer is left", async () => {
  const world = open();
  world.directMs = 500;
  world.choice.relayTook(1);
  world.choice.up();
  await vi.advanceTimersByTimeAsync(100);

  world.choice.reset();
  await vi.advanceTimersByTimeAsync(60_000);

  expect([world.taken, vi.getTimerCount()]).toEqual([[], 0]);
});
