import { describe, expect, test, vi } from "vitest";
import { collector, heard, leave, served, settled, TestHouse } from "./support.ts";

type Ack = (...values: unknown[]) => void;

describe("3.4.2 Requirements", () => {
  test("Client can use services and be service at the same time", async () => {
    await using house = await TestHouse.start({ isService: true });
    const [alice, bob] = [await house.join("alice", { isService: true }), await house.join("bob", { isService: true })];
    await house.server.asService("math").provideService("half", (n: number, ack: Ack) => ack(n / 2));
    await alice.provideService("double", (n: number, ack: Ack) => ack(n * 2));
    await bob.provideService("quadruple", (n: number, ack: Ack) => {
      bob.emitService("alice", "double", n, (twice: number) => bob.emitService("alice", "double", twice, ack));
    });
    bob.createTopic("news");
    const news = collector();

    await alice.subscribeTopic("bob", "news", news.callback);
    bob.publishTopic("news", 1);

    expect(await served(alice, "bob", "quadruple", 3)).toEqual([12]);
    expect(await served(alice, "math", "half", 3)).toEqual([1.5]);
    expect(await served(alice, "alice", "double", 3)).toEqual([6]);
    await vi.waitFor(() => expect(news.calls).toEqual([[1]]));
  });

  test("1 instance of client can only be 1 type of service", async () => {
    await using house = await TestHouse.start();
    const [alice, mallory] = [await house.join("alice", { isService: true }), await house.join("mallory", { isService: true })];
    await alice.provideService("secret", (ack: Ack) => ack("alice"));

    await mallory.provideService("secret", (ack: Ack) => ack("mallory"));
    await expect(mallory.peerloom.provide("alice/secret", { request: () => "mallory" }).ready).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(mallory.peerloom.provide("another", { run: () => 1 }).ready).rejects.toMatchObject({ code: "FORBIDDEN" });

    expect(await served(mallory, "alice", "secret")).toEqual(["alice"]);
    expect(await served(alice, "mallory", "secret")).toEqual(["mallory"]);
    expect("asService" in alice).toBe(false);
  });
});

describe("3.4.1 Function explanation", () => {
  test("initTopicListeners: only clients created with {isService: true} can be a service, and handle topic subscription/unsubscription", async () => {
    await using house = await TestHouse.start();
    const [alice, bob] = [await house.join("alice"), await house.join("bob", { isService: true })];
    bob.createTopic("news");
    const news = collector();

    await alice.subscribeTopic("bob", "news", news.callback);
    bob.publishTopic("news", 1);
    await vi.waitFor(() => expect(news.calls).toEqual([[1]]));
    await alice.unsubscribeTopic("bob", "news");
    bob.publishTopic("news", 2);
    await settled(bob, alice);

    expect(news.calls).toEqual([[1]]);
    for (const call of [
      () => alice.provideService("x", () => {}),
      () => alice.destroyService(),
      () => alice.emitClient("bob", "x"),
      () => alice.createTopic("x"),
      () => alice.destroyTopic("x"),
      () => alice.publishTopic("x"),
    ]) {
      expect(call).toThrow("isService");
    }
    expect(alice.createdTopics).toEqual([]);
  });

  test("modifyTopicName: topic names do not conflict between services", async () => {
    await using house = await TestHouse.start();
    const [alice, bob, carol] = [
      await house.join("alice"),
      await house.join("bob", { isService: true }),
      await house.join("carol", { isService: true }),
    ];
    for (const service of [bob, carol]) service.createTopic("news");
    const [fromBob, fromCarol] = [collector(), collector()];
    await alice.subscribeTopic("bob", "news", fromBob.callback);
    await alice.subscribeTopic("carol", "news", fromCarol.callback);

    bob.publishTopic("news", "bob's");
    carol.publishTopic("news", "carol's");
    await vi.waitFor(() => expect([fromBob.calls, fromCarol.calls]).toEqual([[["bob's"]], [["carol's"]]]));
  });

  test("a topic may be subscribed to before the client is in", async () => {
    await using house = await TestHouse.start({ isService: true });
    const clock = house.server.asService("clock");
    clock.createTopic("news");
    const news = collector();

    const alice = house.dial("alice");
    await alice.subscribeTopic("clock", "news", news.callback);
    clock.publishTopic("news", 1);

    await vi.waitFor(() => expect(news.calls).toEqual([[1]]));
  });

  test("a topic may have several subscribers here, and be subscribed to before it is created", async () => {
    await using house = await TestHouse.start();
    const [alice, bob] = [await house.join("alice"), await house.join("bob", { isService: true })];
    const [first, second] = [collector(), collector()];
    await Promise.all([alice.subscribeTopic("bob", "later", first.callback), alice.subscribeTopic("bob", "later", second.callback)]);

    bob.createTopic("later");
    bob.publishTopic("later", { n: 1 }, 2);
    await vi.waitFor(() => expect([first.calls, second.calls]).toEqual([[[{ n: 1 }, 2]], [[{ n: 1 }, 2]]]));

    await alice.unsubscribeTopic("bob", "later");
    await alice.unsubscribeTopic("bob", "never subscribed to");
    expect(alice.peerloom.load.subscriptions).toBe(0);
    await expect(alice.subscribeTopic("bob", "", () => {})).rejects.toThrow(TypeError);
    await expect(alice.subscribeTopic("bob", "x", undefined as never)).rejects.toThrow(TypeError);
  });

  test("provideService/destroyService: APIs come and go, one by one or all", async () => {
    await using house = await TestHouse.start();
    const [alice, bob] = [await house.join("alice"), await house.join("bob", { isService: true })];
    await Promise.all(["a", "b", "c"].map((api) => bob.provideService(api, (ack: Ack) => ack(api))));
    expect(await served(alice, "bob", "a")).toEqual(["a"]);

    await bob.destroyService("a");
    const told = heard(alice, "SERVER_ERROR");
    alice.emitService("bob", "a", () => {});
    expect(await told).toEqual([expect.objectContaining({ code: "NO_PROVIDER" })]);
    expect(await served(alice, "bob", "b")).toEqual(["b"]);
    await bob.destroyService();
    const toldAgain = heard(alice, "SERVER_ERROR");
    alice.emitService("bob", "b", () => {});
    expect(await toldAgain).toEqual([expect.objectContaining({ code: "NO_PROVIDER" })]);
    await bob.provideService("a", (ack: Ack) => ack("again"));
    await vi.waitFor(async () => expect(await served(alice, "bob", "a")).toEqual(["again"]));
    bob.createTopic("topics stay");
    expect(bob.createdTopics).toEqual(["topics stay"]);
  });

  test("emitClient/onService: a service tells a client, and is answered", async () => {
    await using house = await TestHouse.start();
    const [alice, bob, mallory] = [await house.join("alice"), await house.join("bob", { isService: true }), await house.join("mallory")];
    const notes = collector();
    alice.onService("bob", "note", notes.callback);
    alice.onService("bob", "ask", (n: number, ack: Ack) => ack(n + 1));

    bob.emitClient("alice", "note", 1);
    mallory.emitTo("alice", "note", "not from bob");
    mallory.emitTo("alice", "P2P_EMIT", "bob", "note", "in the name of bob");
    await settled(mallory, alice);

    expect(await new Promise((resolve) => bob.emitClient("alice", "ask", 1, resolve))).toBe(2);
    expect(notes.calls).toEqual([[1]]);
  });

  test("services are there again after the connection broke, and gone when their client left", async () => {
    await using house = await TestHouse.start({ sessionTimeoutMs: 10_000 });
    const [alice, bob] = [await house.join("alice"), await house.join("bob", { isService: true })];
    await bob.provideService("x", (ack: Ack) => ack("x"));
    bob.createTopic("news");
    const news = collector();
    await alice.subscribeTopic("bob", "news", news.callback);

    const back = new Promise((resolve) => house.server.peerloom.once("connection", resolve));
    bob.io.engine.close();
    bob.publishTopic("news", "published while cut off");
    await back;
    expect(await served(alice, "bob", "x")).toEqual(["x"]);
    await vi.waitFor(() => expect(news.calls).toEqual([["published while cut off"]]));

    await leave(bob);
    const told = heard(alice, "SERVER_ERROR");
    alice.emitService("bob", "x", () => {});
    expect(await told).toEqual([expect.objectContaining({ code: "NO_PROVIDER" })]);
  });
});
