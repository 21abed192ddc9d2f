import { connect } from "@peerloom/client";
import { createRelay } from "@peerloom/server";
import { expect, test } from "vitest";
import { provideClock } from "../../src/samples/clock.ts";
import { provideCounter } from "../../src/samples/counter.ts";
import { provideDice } from "../../src/samples/dice.ts";
import { provideLoad } from "../../src/samples/load.ts";

/** A relay and a client of it. */
async function start() {
  const relay = createRelay({ port: 0 });
  const { url } = await relay.listen();
  const alice = await connect(url, { clientId: "alice" });
  const close = async (): Promise<void> => {
    await alice.close();
    await relay.close();
  };
  return { relay, alice, [Symbol.asyncDispose]: close };
}

/** The first `count` events of a topic. */
async function firstEvents(subscribe: (take: (...args: unknown[]) => void) => Promise<unknown>, count: number) {
  const events: unknown[][] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  await subscribe((...args) => {
    events.push(args.slice(0, -1));
    if (events.length === count) resolve();
  });
  return { events, done: promise };
}

test("the clock tells the time, streams it, and publishes the second", async () => {
  await using world = await start();
  const tick = provideClock(world.relay, () => new Date("2026-02-03T04:05:06Z"));
  const clock = world.alice.service<{ now(): string; ticks(count: number): AsyncGenerator<string> }>("clock");
  const { events, done } = await firstEvents((take) => world.alice.subscribe("clock", "seconds", take), 1);

  const streamed: string[] = [];
  for await (const time of clock.ticks(1)) streamed.push(time);
  tick();
  await done;

  expect(await clock.now()).toBe("2026-02-03T04:05:06.000Z");
  expect(streamed).toEqual(["2026-02-03T04:05:06.000Z"]);
  expect(events).toEqual([[6, { time: "2026-02-03T04:05:06.000Z" }]]);
});

test("dice roll for whoever asks, and all subscribers see it", async () => {
  await using world = await start();
  provideDice(world.relay, (below) => below - 1);
  const { events, done } = await firstEvents((take) => world.alice.subscribe("dice", "rolls", take), 1);

  const rolled = await world.alice.service("dice")["roll"]?.(20, 3);
  await done;

  expect(rolled).toEqual({ rolls: [20, 20, 20], sum: 60 });
  expect(events).toEqual([[60, { from: "alice", sides: 20, rolls: [20, 20, 20] }]]);
});

test("everybody can raise the counter, and a subscriber begins with its value", async () => {
  await using world = await start();
  provideCounter(world.relay);
  const counter = world.alice.service<{ raise(by?: number): number; value(): number }>("counter");
  const { promise, resolve } = Promise.withResolvers<unknown>();

  await counter.raise();
  const raised = await counter.raise(4);
  await world.alice.subscribe("counter", "value", () => {}, { onSnapshot: resolve });

  expect(raised).toBe(5);
  expect(await promise).toBe(5);
  expect(await counter.value()).toBe(5);
});

test.each([
  ["dice", "roll", ["six"], "sides must be a whole number from 2 to 1000"],
  ["dice", "roll", [6, 1e9], "count must be a whole number from 1 to 100"],
  ["counter", "raise", [-1], "by must be a whole number from 1 to 1000"],
  ["counter", "raise", [0.5], "by must be a whole number from 1 to 1000"],
  ["clock", "ticks", [Infinity], "count must be a whole number from 1 to 3600"],
])("%s.%s(%j) is refused in words", async (service, method, args, message) => {
  await using world = await start();
  provideClock(world.relay, () => new Date());
  provideDice(world.relay, () => 0);
  provideCounter(world.relay);

  const call = world.alice.service(service)[method]?.(...args);

  await expect(call).rejects.toMatchObject({ code: "BAD_REQUEST", message });
});

test("the load is told to whoever asks and subscribes", async () => {
  await using world = await start();
  const load = { cpu: 25, memoryMiB: 100, clients: 1, packets: 60, bytes: 1000 };
  const tick = provideLoad(world.relay, () => load);
  const { events, done } = await firstEvents((take) => world.alice.subscribe("load", "load", take), 1);

  tick();
  await done;

  expect(events).toEqual([[25, load]]);
  expect(await world.alice.service("load")["now"]?.()).toEqual(load);
});
