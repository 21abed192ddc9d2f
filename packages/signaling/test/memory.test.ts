import { expect, test } from "vitest";
import { MemoryHub, memoryDriver } from "../src/memory.ts";

test("what one driver publishes reaches another on the same hub, and not one on another hub", async () => {
  const hub = new MemoryHub();
  await using alice = memoryDriver(hub);
  await using bob = memoryDriver(hub);
  await using stranger = memoryDriver();
  const got: string[] = [];
  await bob.subscribe(["lobby"], (bytes) => got.push(new TextDecoder().decode(bytes)));
  await stranger.subscribe(["lobby"], () => got.push("stranger"));

  await alice.publish(["lobby"], new TextEncoder().encode("hello"));
  await new Promise(setImmediate);

  expect(got).toEqual(["hello"]);
  expect(hub.published).toBe(1);
});

test("nothing is left at the hub when its drivers are closed", async () => {
  const hub = new MemoryHub();
  const driver = memoryDriver(hub);
  await driver.subscribe(["lobby"], () => {});
  await driver.subscribe(["lobby", "alice"], () => {});
  expect(hub.subscriptions).toBe(2);

  await driver.close();

  expect(hub.subscriptions).toBe(0);
});
