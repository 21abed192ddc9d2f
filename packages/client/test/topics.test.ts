import { expect, test } from "vitest";
import type { Client, SubscribeOptions, Topic, TopicOptions } from "../src/index.ts";
import { Inbox, reaches } from "./support/events.ts";
import { Proxy } from "./support/proxy.ts";
import { TestRelay } from "./support/relay.ts";
import { upTo } from "./support/room.ts";

const methods = { ping: () => "pong" };

/** A client that publishes the topic "ticks" of the service "clock". */
async function publish(client: Client, options?: TopicOptions): Promise<Topic> {
  await client.provide("clock", methods).ready;
  return client.createTopic("clock", "ticks", options);
}

/** What a client hears of that topic. */
async function listen(client: Client, options?: SubscribeOptions) {
  const heard = new Inbox<unknown>();
  const subscription = await client.subscribe("clock", "ticks", heard.push as never, options);
  return { heard, subscription };
}

/** Resolves when the publisher knows of so many subscribers, or the subscriber of so many publishers. */
async function until(test: () => boolean): Promise<void> {
  while (!test()) await new Promise((resolve) => setImmediate(resolve));
}

test("what is published reaches every subscriber once and in order, with the publisher's proven id", async () => {
  await using relay = await TestRelay.start();
  const [bob, a, b] = [await relay.connect("bob"), await relay.connect("a"), await relay.connect("b")];
  const topic = await publish(bob);
  const contexts: unknown[] = [];
  const one = await listen(a);
  await b.subscribe("clock", "ticks", ((...args: unknown[]) => contexts.push(args)) as never);

  for (const n of upTo(500)) topic.publish(n, { n });

  expect(await one.heard.takeMany(500)).toEqual(upTo(500));
  await until(() => contexts.length === 500);
  expect(contexts[7]).toEqual([7, { n: 7 }, { from: "bob", service: "clock", topic: "ticks" }]);
});

test("subscribing before the topic, or its provider, exists is allowed: it becomes live later", async () => {
  await using relay = await TestRelay.start();
  const alice = await relay.connect("alice");
  const { heard, subscription } = await listen(alice);
  const live = new Inbox<{ from: string }>();
  subscription.on("live", live.push);

  expect(subscription.state).toBe("waiting");
  const topic = await publish(await relay.connect("bob"));
  topic.publish(1);

  expect(await heard.take()).toBe(1);
  expect(await live.take()).toEqual({ from: "bob" });
  expect(subscription.state).toBe("live");
  expect(subscription.publishers).toEqual(["bob"]);
});

test("destroying a topic tells its subscribers, after all that was published; it can be created again", async () => {
  await using relay = await TestRelay.start();
  const [alice, bob] = [await relay.connect("alice"), await relay.connect("bob")];
  const topic = await publish(bob);
  const destroyed = new Inbox<unknown>();
  const { heard, subscription } = await listen(alice, { onDestroyed: destroyed.push });
  await until(() => subscription.state === "live");

  topic.publish("last");
  await topic.destroy();
  const reason = await destroyed.take();
  bob.createTopic("clock", "ticks").publish("first");

  expect(reason).toEqual({ from: "bob", reason: "destroyed" });
  expect(await heard.takeMany(2)).toEqual(["last", "first"]);
  expect(() => topic.publish(1)).toThrow(expect.objectContaining({ code: "CLOSED" }) as Error);
});

test("withdrawing the service, and the end of the client, destroy its topics", async () => {
  await using relay = await TestRelay.start();
  const [alice, bob] = [await relay.connect("alice"), await relay.connect("bob")];
  const offer = bob.provide("clock", methods);
  bob.createTopic("clock", "ticks");
  const destroyed = new Inbox<unknown>();
  const { subscription } = await listen(alice, { onDestroyed: destroyed.push });
  await until(() => subscription.state === "live");

  await offer.withdraw();
  const first = await destroyed.take();
  await publish(bob);
  await until(() => subscription.state === "live");
  await bob.close();

  expect(first).toEqual({ from: "bob", reason: "destroyed" });
  expect(await destroyed.take()).toMatchObject({ from: "bob" });
});

test("after unsubscribing nothing is heard, and the publisher sees the number of its subscribers", async () => {
  await using relay = await TestRelay.start();
  const [alice, bob, carol] = [await relay.connect("alice"), await relay.connect("bob"), await relay.connect("carol")];
  const topic = await publish(bob);
  const one = await listen(alice);
  const other = await listen(carol);
  await until(() => topic.subscribers === 2);

  await one.subscription.unsubscribe();
  await until(() => topic.subscribers === 1);
  topic.publish(1);
  await other.heard.take();

  expect(one.heard.all).toEqual([]);
  expect(one.subscription.state).toBe("closed");
  expect(alice.load.subscriptions).toBe(0);
});

test("a subscription ends with its signal", async () => {
  await using relay = await TestRelay.start();
  const alice = await relay.connect("alice");
  const abort = new AbortController();
  const { subscription } = await listen(alice, { signal: abort.signal });

  abort.abort();

  expect(subscription.state).toBe("closed");
  await expect(listen(alice, { signal: abort.signal })).rejects.toMatchObject({ code: "ABORTED" });
});

test.each([
  ["a:b", "c", "a", "b:c"],
  ["1:a", "b", "1", "a:b"],
  [">", "*", "*", ">"],
  ["__proto__", "toString", "toString", "__proto__"],
])("the topics of %j/%j and %j/%j do not meet", async (service, topic, otherService, otherTopic) => {
  await using relay = await TestRelay.start();
  const [alice, bob] = [await relay.connect("alice"), await relay.connect("bob")];
  await Promise.all([service, otherService].map((name) => bob.provide(name, methods).ready));
  const heard = new Inbox<unknown>();
  await alice.subscribe(service, topic, heard.push as never);
  const [mine, other] = [bob.createTopic(service, topic), bob.createTopic(otherService, otherTopic)];

  other.publish("other");
  mine.publish("mine");
  mine.publish("end");

  expect(await heard.takeMany(2)).toEqual(["mine", "end"]);
});

test("a new subscriber begins with a snapshot, and misses nothing behind it", async () => {
  await using relay = await TestRelay.start();
  const [alice, bob] = [await relay.connect("alice"), await relay.connect("bob")];
  const state: number[] = [];
  const topic = await publish(bob, { snapshot: () => [...state], history: 0 });
  let isOver = false;
  const publishing = (async () => {
    for (let n = 0; !isOver; n++) {
      state.push(n);
      topic.publish(n);
      if (n % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  await until(() => state.length > 20);
  const seen: number[] = [];
  const gaps: unknown[] = [];
  const full = Promise.withResolvers<void>();

  await alice.subscribe("clock", "ticks", ((n: number) => seen.push(n) === 2000 && full.resolve()) as never, {
    onSnapshot: (snapshot) => seen.push(...(snapshot as number[])),
    onGap: (gap) => gaps.push(gap),
  });
  await Promise.race([full.promise, until(() => seen.length > 2000)]);
  isOver = true;
  await publishing;

  expect(gaps).toEqual([]);
  expect(seen.slice(0, 2000)).toEqual(upTo(2000));
});

test("a new subscriber may begin with a part of the history", async () => {
  await using relay = await TestRelay.start();
  const [alice, bob] = [await relay.connect("alice"), await relay.connect("bob")];
  const topic = await publish(bob, { history: 10 });
  const early = await listen(alice);
  for (const n of upTo(100)) topic.publish(n);
  await early.heard.takeMany(100);

  const [three, many, none] = [await listen(alice, { replay: 3 }), await listen(alice, { replay: 50 }), await listen(alice)];
  await three.heard.takeMany(3);
  await many.heard.takeMany(10);
  topic.publish(100);
  await Promise.all([three, many, none].map(({ heard }) => heard.take()));

  expect(three.heard.all).toEqual([97, 98, 99, 100]);
  expect(many.heard.all).toEqual([...upTo(101).slice(90)]);
  expect(none.heard.all).toEqual([100]);
});

test("what a subscriber misses while it is cut off is replayed; what the history no longer has is a gap", async () => {
  await using relay = await TestRelay.start();
  await using proxy = await Proxy.start(relay.port);
  const bob = await relay.connect("bob");
  const alice = await relay.connect("alice", { url: proxy.url });
  const topic = await publish(bob, { history: 20 });
  const gaps = new Inbox<unknown>();
  const { heard } = await listen(alice, { onGap: gaps.push });
  const cutOff = async (count: number, from: number): Promise<void> => {
    proxy.shut();
    await reaches(alice, "offline");
    for (const n of upTo(count)) topic.publish(from + n);
    await topic.drained();
    await new Promise((resolve) => setImmediate(resolve));
    proxy.open();
  };

  topic.publish(0);
  await heard.take();
  await cutOff(20, 1);
  const replayed = await heard.takeMany(20);
  await cutOff(30, 21);

  expect(replayed).toEqual(upTo(20).map((n) => n + 1));
  expect(await gaps.take()).toEqual({ from: "bob", missed: 10 });
  expect(await heard.takeMany(20)).toEqual(upTo(20).map((n) => n + 31));
});

test("a topic that disconnects slow subscribers ends the subscription of one that missed too much", async () => {
  await using relay = await TestRelay.start();
  await using proxy = await Proxy.start(relay.port);
  const bob = await relay.connect("bob");
  const alice = await relay.connect("alice", { url: proxy.url });
  const topic = await publish(bob, { history: 5, slow: "disconnect" });
  const { heard, subscription } = await listen(alice);
  const closed = new Inbox<{ error: { code: string } | undefined }>();
  subscription.on("closed", closed.push as never);
  topic.publish(0);
  await heard.take();

  proxy.shut();
  await reaches(alice, "offline");
  for (const n of upTo(30)) topic.publish(n);
  await new Promise((resolve) => setImmediate(resolve));
  proxy.open();

  expect((await closed.take()).error?.code).toBe("OVERFLOW");
  await until(() => topic.subscribers === 0);
  expect(alice.load.subscriptions).toBe(0);
});

test("a subscriber that does not read is left out by the relay, and told of the gap when it reads again", async () => {
  await using relay = await TestRelay.start({ limits: { outboundBytes: 65_536 } });
  await using proxy = await Proxy.start(relay.port);
  const [bob, carol] = [await relay.connect("bob"), await relay.connect("carol")];
  const alice = await relay.connect("alice", { url: proxy.url });
  const topic = await publish(bob, { history: 4 });
  const gaps = new Inbox<{ missed: number }>();
  const slow = await listen(alice, { onGap: gaps.push as never });
  const fast = await listen(carol);
  await until(() => topic.subscribers === 2);
  const text = "x".repeat(20_000);

  proxy.pause();
  for (const n of upTo(2000)) {
    topic.publish(n, text);
    if (n % 10 === 0) await fast.heard.takeMany(n === 0 ? 1 : 10);
  }
  await fast.heard.takeMany(9);
  proxy.resume();
  const gap = await gaps.take();
  await until(() => slow.heard.all.at(-1) === 1999);

  expect(gap.missed).toBeGreaterThan(0);
  expect(fast.heard.all).toEqual(upTo(2000));
  expect(new Set(slow.heard.all).size).toBe(slow.heard.all.length);
}, 30_000);

test("publishers and subscribers find each other again when the relay is restarted, and nothing is lost", async () => {
  await using relay = await TestRelay.start();
  const [alice, bob] = [await relay.connect("alice"), await relay.connect("bob")];
  const topic = await publish(bob, { history: 1000 });
  const gaps: unknown[] = [];
  const { heard, subscription } = await listen(alice, { onGap: (gap) => gaps.push(gap) });

  for (const turn of upTo(3)) {
    for (const n of upTo(50)) topic.publish(turn * 100 + n);
    await relay.stop();
    for (const n of upTo(50)) topic.publish(turn * 100 + 50 + n);
    await relay.startAgain();
    await until(() => heard.all.length === (turn + 1) * 100);
  }

  expect(heard.all).toEqual(upTo(300));
  expect(gaps).toEqual([]);
  await until(() => subscription.state === "live");
});

test("a subscriber is told when a publisher is away, and when it is back", async () => {
  await using relay = await TestRelay.start();
  await using proxy = await Proxy.start(relay.port);
  const bob = await relay.connect("bob", { url: proxy.url });
  const alice = await relay.connect("alice");
  const topic = await publish(bob, { history: 10 });
  const { heard, subscription } = await listen(alice);
  const events = new Inbox<string>();
  await until(() => subscription.state === "live");
  subscription.on("away", ({ from }) => events.push(`${from} away`));
  subscription.on("live", ({ from }) => events.push(`${from} live`));

  proxy.shut();
  await reaches(bob, "offline");
  topic.publish("meanwhile");
  proxy.open();

  expect(await events.takeMany(2)).toEqual(["bob away", "bob live"]);
  expect(await heard.take()).toBe("meanwhile");
});

test("the relay publishes and subscribes like a client", async () => {
  await using relay = await TestRelay.start();
  const [alice, bob] = [await relay.connect("alice"), await relay.connect("bob")];
  relay.server.provide("news", methods);
  const news = relay.server.createTopic("news", "all", { history: 5, snapshot: () => "snapshot" });
  const heard = new Inbox<unknown>();
  await alice.subscribe("news", "all", heard.push as never, { onSnapshot: heard.push });
  const own = new Inbox<unknown>();
  await relay.server.subscribe("news", "all", own.push as never);
  const topic = await publish(bob);
  const ticks = new Inbox<unknown>();
  const destroyed = new Inbox<unknown>();
  await relay.server.subscribe("clock", "ticks", ticks.push as never, { onDestroyed: destroyed.push });

  const first = await heard.take();
  news.publish("one");
  topic.publish(1);
  await topic.destroy();

  expect(first).toBe("snapshot");
  expect(await heard.take()).toBe("one");
  expect(await own.take()).toBe("one");
  expect(await ticks.take()).toBe(1);
  expect(await destroyed.take()).toMatchObject({ from: "bob" });
  await until(() => news.subscribers === 2);
});

test("only who provides the service may publish, whatever is sent", async () => {
  await using relay = await TestRelay.start();
  const [alice, bob, eve] = [await relay.connect("alice"), await relay.connect("bob"), await relay.connect("eve")];
  const topic = await publish(bob, { history: 10 });
  const { heard } = await listen(alice);

  expect(() => eve.createTopic("clock", "ticks")).toThrow(TypeError);
  expect(() => eve.emitRoom("peerloom:5:clock:ticks", "t", "forged")).toThrow(TypeError);
  await expect(eve.join("peerloom:5:clock:ticks")).rejects.toBeInstanceOf(TypeError);
  topic.publish("true");

  expect(await heard.take()).toBe("true");
  expect(heard.all).toEqual(["true"]);
});

test("a hook decides who may subscribe, and the history is told to nobody else", async () => {
  await using relay = await TestRelay.start({ authorize: (action) => action.type !== "subscribe" || action.from !== "eve" });
  const [bob, eve] = [await relay.connect("bob"), await relay.connect("eve")];
  const topic = await publish(bob, { history: 10 });
  topic.publish("secret");
  await topic.drained();

  await expect(listen(eve)).rejects.toMatchObject({ code: "FORBIDDEN" });

  expect(eve.load.subscriptions).toBe(0);
});

test("topics and subscriptions are bounded", async () => {
  await using relay = await TestRelay.start({ limits: { topicsPerClient: 2, subscribersPerTopic: 1 } });
  const [alice, bob] = [await relay.connect("alice"), await relay.connect("bob")];
  await alice.subscribe("s", "1", () => {});

  await expect(bob.subscribe("s", "1", () => {})).rejects.toMatchObject({ code: "LIMIT" });
  await alice.subscribe("s", "2", () => {});
  await expect(alice.subscribe("s", "3", () => {})).rejects.toMatchObject({ code: "LIMIT" });
});

test("many subscribers join and leave without one of them hearing of another", async () => {
  await using relay = await TestRelay.start();
  const bob = await relay.connect("bob");
  const topic = await publish(bob);
  const count = 100;
  const clients = await Promise.all(upTo(count).map((n) => relay.connect(`s${n}`)));
  const heard = await Promise.all(clients.map((client) => listen(client)));
  await until(() => topic.subscribers === count);

  topic.publish("all");
  await Promise.all(heard.map((one) => one.heard.take()));

  expect(heard.every(({ subscription }) => subscription.publishers.join(",") === "bob")).toBe(true);
  expect(relay.server.stats().rooms).toBe(0);
});
