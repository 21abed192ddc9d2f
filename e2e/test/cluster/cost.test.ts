import { connect } from "@peerloom/client";
import { expect, test } from "vitest";
import { startLocalNode, until, type LocalNode } from "../../support/cluster.ts";
import { startRedisServer } from "../../support/redis-server.ts";

const received = ({ relay }: LocalNode): number => relay.cluster?.received ?? 0;

test("what two clients say costs a node that has neither nothing, and their own node nothing in Redis", async () => {
  await using redis = await startRedisServer();
  await using one = await startLocalNode(redis.url);
  await using other = await startLocalNode(redis.url);
  await using third = await startLocalNode(redis.url);
  await using alice = await connect(one.url, { clientId: "alice" });
  await using bob = await connect(other.url, { clientId: "bob" });
  await using carol = await connect(one.url, { clientId: "carol" });
  for (const client of [bob, carol]) client.onAny("next", (n: number) => n + 1);
  await alice.remote("bob").emitWithAck("next", 0);
  await until(() => third.relay.cluster?.clientsElsewhere === 3);
  const before = [received(one), received(other), received(third)];

  for (let n = 0; n < 500; n++) expect(await alice.remote("bob").emitWithAck("next", n)).toBe(n + 1);
  const between = [received(one), received(other), received(third)];
  for (let n = 0; n < 500; n++) expect(await alice.remote("carol").emitWithAck("next", n)).toBe(n + 1);
  const after = [received(one), received(other), received(third)];

  expect(between[0]).toBeGreaterThanOrEqual((before[0] ?? 0) + 500);
  expect(between[1]).toBeGreaterThanOrEqual((before[1] ?? 0) + 500);
  expect(between[2]).toBe(before[2]);
  // Only acknowledgements of what went before may still have come.
  expect((after[0] ?? 0) - (between[0] ?? 0)).toBeLessThanOrEqual(2);
  expect((after[1] ?? 0) - (between[1] ?? 0)).toBeLessThanOrEqual(2);
  expect(after[2]).toBe(before[2]);
});

test("what is sent to a room or a topic goes to the nodes that have members or subscribers, and to no other", async () => {
  await using redis = await startRedisServer();
  await using one = await startLocalNode(redis.url);
  await using other = await startLocalNode(redis.url);
  await using third = await startLocalNode(redis.url);
  await using alice = await connect(one.url, { clientId: "alice" });
  await using bob = await connect(other.url, { clientId: "bob" });
  await using carol = await connect(third.url, { clientId: "carol" });
  const [here, there] = [await alice.join("lobby"), await bob.join("lobby")];
  await alice.provide("clock", { now: () => 0 }).ready;
  const ticks = alice.createTopic("clock", "ticks");
  const heard: unknown[] = [];
  const all = Promise.withResolvers<void>();
  const hear = (n: unknown): void => void (heard.push(n) === 400 && all.resolve());
  there.on("say", hear);
  await bob.subscribe("clock", "ticks", hear);
  // A node hears of another in the order in which things happen there: after this, of all that was before.
  await Promise.all([alice, bob].map((client) => client.setMetadata({ isReady: true })));
  const isReady = async (id: string): Promise<boolean> => (await carol.lookup(id)).metadata !== undefined;
  await until(async () => (await isReady("alice")) && (await isReady("bob")));
  const before = received(third);

  for (let n = 0; n < 200; n++) {
    here.emit("say", n);
    ticks.publish(n);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await all.promise;

  expect(received(third)).toBe(before);
  // Who comes later hears what is said from then on, and only that.
  const room = await carol.join("lobby");
  const said = new Promise<unknown>((resolve) => room.on("say", resolve));
  here.emit("say", "late");
  expect(await said).toBe("late");
});
