import { describe, expect, test, vi } from "vitest";
import { collector, heard, served, settled, TestHouse } from "./support.ts";

type Ack = (...values: unknown[]) => void;

describe("2.4.2 Requirements", () => {
  test("1 server instance can serve as multiple services", async () => {
    await using house = await TestHouse.start({ isService: true });
    const alice = await house.join("alice");

    await house.server.asService("math").provideService("run", (n: number, ack: Ack) => ack(n * 2));
    await house.server.asService("text").provideService("run", (s: string, ack: Ack) => ack(s.toUpperCase()));

    expect(await served(alice, "math", "run", 2)).toEqual([4]);
    expect(await served(alice, "text", "run", "x")).toEqual(["X"]);
    expect(house.server.serviceApis).toEqual(
      new Map([
        ["math", ["run"]],
        ["text", ["run"]],
      ]),
    );
  });

  test("Clients treat services created by server and services created by other clients alike (as if server is also client)", async () => {
    await using house = await TestHouse.start({ isService: true });
    const [alice, clock] = [await house.join("alice"), await house.join("clock", { isService: true })];
    const sides = { clock, math: house.server.asService("math") };

    for (const [service, side] of Object.entries(sides)) {
      const received = collector();
      await side.provideService("echo", (value: unknown, ack?: Ack) => (ack === undefined ? received.callback(value) : ack(value)));
      side.createTopic("ticks");
      const heardTopic = collector();
      const heardEvent = collector();
      await alice.subscribeTopic(service, "ticks", heardTopic.callback);
      alice.onService(service, "note", heardEvent.callback);
      alice.onService(service, "question", (n: number, ack: Ack) => ack(n + 1, service));

      alice.emitService(service, "echo", "no answer wanted");
      expect(await served(alice, service, "echo", "x")).toEqual(["x"]);
      side.publishTopic("ticks", 1, "one");
      side.emitClient("alice", "note", { n: 1 });
      const answer = await new Promise((resolve) => side.emitClient("alice", "question", 1, (...values: unknown[]) => resolve(values)));

      expect(answer).toEqual([2, service]);
      expect(received.calls).toEqual([["no answer wanted"]]);
      expect(heardEvent.calls).toEqual([[{ n: 1 }]]);
      await vi.waitFor(() => expect(heardTopic.calls).toEqual([[1, "one"]]));
      await side.destroyService();
      const told = heard(alice, "SERVER_ERROR");
      alice.emitService(service, "echo", "x");
      expect(await told).toEqual([expect.objectContaining({ code: "NO_PROVIDER" })]);
    }
  });

  test("APIs and topics can be created and destroyed", async () => {
    await using house = await TestHouse.start({ isService: true });
    const alice = await house.join("alice");
    const math = house.server.asService("math");
    const gone = collector();

    await math.provideService("add", (a: number, b: number, ack: Ack) => ack(a + b));
    await math.provideService("mul", (a: number, b: number, ack: Ack) => ack(a * b));
    math.createTopic("one", "two");
    math.createTopic(["three"], "one");
    expect(math.createdTopics).toEqual(["one", "two", "three"]);
    expect(house.server.createdTopics).toEqual(new Map([["math", ["one", "two", "three"]]]));
    await math.destroyService("add");
    await math.destroyTopic("one", ["two"]);

    alice.on("SERVER_ERROR", gone.callback);
    expect(await served(alice, "math", "mul", 2, 3)).toEqual([6]);
    alice.emitService("math", "add", 1, 2);
    await vi.waitFor(() => expect(gone.calls).toEqual([[expect.objectContaining({ code: "NO_PROVIDER" })]]));
    expect(math.createdTopics).toEqual(["three"]);
    expect(() => math.publishTopic("one", 1)).toThrow(TypeError);
    await house.server.destroyAllServices();
    await math.destroyTopic();
    expect(house.server.serviceApis).toEqual(new Map([["math", []]]));
    expect(math.createdTopics).toEqual([]);
  });

  test("Topics created can be subscribed to & messages can be published to topics by server", async () => {
    await using house = await TestHouse.start({ isService: true });
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];
    const math = house.server.asService("math");
    const [atAlice, atBob] = [collector(), collector()];
    await alice.subscribeTopic("math", "early", atAlice.callback);

    math.createTopic("early", "late");
    await bob.subscribeTopic("math", "early", atBob.callback);
    await bob.subscribeTopic("math", "late", atBob.callback);
    math.publishTopic("early", 1, { binary: new Uint8Array([7]) });
    await vi.waitFor(() => expect([atAlice.calls.length, atBob.calls.length]).toEqual([1, 1]));
    await alice.unsubscribeTopic("math", "early");
    math.publishTopic("early", 2);
    math.publishTopic("late", 3);
    await vi.waitFor(() => expect(atBob.calls).toHaveLength(3));

    expect(atAlice.calls.map(([n]) => n)).toEqual([1]);
    expect(atBob.calls.map(String).toSorted()).toEqual(["1,[object Object]", "2", "3"]);
  });

  test("Topics are basically just rooms of Socket.IO", async () => {
    await using house = await TestHouse.start({ isService: true });
    const alice = await house.join("alice");
    const rooms = house.server.of("/peerloom").adapter.rooms;
    const topicRooms = (): string[] => [...rooms.keys()].filter((name) => name.includes("ticks"));

    await alice.subscribeTopic("math", "ticks", () => {});
    await vi.waitFor(() => expect(topicRooms()).toHaveLength(1));
    await alice.unsubscribeTopic("math", "ticks");

    await vi.waitFor(() => expect(topicRooms()).toHaveLength(0));
  });
});

describe("2.4 and 2.4.1", () => {
  test("interceptP2pEmit: if server has the requested service and can handle the request, it is intercepted, otherwise passed to the client-side service", async () => {
    await using house = await TestHouse.start({ isService: true });
    const [alice, math] = [await house.join("alice"), await house.join("math", { isService: true })];
    await math.provideService("add", (_a: number, _b: number, ack: Ack) => ack("the client"));
    await math.provideService("mul", (_a: number, _b: number, ack: Ack) => ack("the client"));

    await house.server.asService("math").provideService("add", (_a: number, _b: number, ack: Ack) => ack("the server"));
    await settled(math, alice);

    await vi.waitFor(async () => expect(await served(alice, "math", "add", 1, 2)).toEqual(["the server"]));
    expect(await served(alice, "math", "mul", 1, 2)).toEqual(["the client"]);
    await house.server.asService("math").destroyService("add");
    await vi.waitFor(async () => expect(await served(alice, "math", "add", 1, 2)).toEqual(["the client"]));
  });

  test("initTopicApis: allow clients to subscribe/unsubscribe to topics created by the services on server side", async () => {
    await using house = await TestHouse.start({ isService: true });
    const alice = await house.join("alice");
    const [math, words] = [house.server.asService("math"), house.server.asService("words")];
    for (const service of [math, words]) service.createTopic("news");
    const [fromMath, fromWords] = [collector(), collector()];

    await alice.subscribeTopic("math", "news", fromMath.callback);
    await alice.subscribeTopic("words", "news", fromWords.callback);
    math.publishTopic("news", 1);
    await vi.waitFor(() => expect(fromMath.calls).toEqual([[1]]));
    await alice.unsubscribeTopic("math", "news");
    math.publishTopic("news", 2);
    words.publishTopic("news", 3);
    await vi.waitFor(() => expect(fromWords.calls).toEqual([[3]]));

    expect(fromMath.calls).toEqual([[1]]);
  });

  test("interceptP2pEmit: services are only there if {isService: true} is passed as parameter when server is created", async () => {
    await using house = await TestHouse.start();

    expect(() => house.server.asService("math")).toThrow(TypeError);
  });

  test("asService gives the same service for the same name, each with APIs and topics of its own", async () => {
    await using house = await TestHouse.start({ isService: true });
    const alice = await house.join("alice");
    const [one, two] = [house.server.asService("a"), house.server.asService("a/b")];
    one.createTopic("x");
    two.createTopic("x");
    await one.provideService("b/c", (ack: Ack) => ack("one"));
    await two.provideService("c", (ack: Ack) => ack("two"));
    const [atOne, atTwo] = [collector(), collector()];
    await alice.subscribeTopic("a", "x", atOne.callback);
    await alice.subscribeTopic("a/b", "x", atTwo.callback);

    one.publishTopic("x", 1);
    two.publishTopic("x", 2);
    await vi.waitFor(() => expect([atOne.calls, atTwo.calls]).toEqual([[[1]], [[2]]]));

    expect(house.server.asService("a")).toBe(one);
    expect(await served(alice, "a", "b/c")).toEqual(["one"]);
    expect(await served(alice, "a/b", "c")).toEqual(["two"]);
  });

  test("an API may have several callbacks; destroyService takes one of them, or all", async () => {
    await using house = await TestHouse.start({ isService: true });
    const alice = await house.join("alice");
    const math = house.server.asService("math");
    const [first, second] = [collector(), collector()];
    await Promise.all([math.provideService("note", first.callback), math.provideService("note", second.callback)]);

    alice.emitService("math", "note", 1);
    await vi.waitFor(() => expect([first.calls, second.calls]).toEqual([[[1]], [[1]]]));
    await math.destroyService("note", first.callback);
    alice.emitService("math", "note", 2);
    await vi.waitFor(() => expect(second.calls).toHaveLength(2));

    expect(first.calls).toEqual([[1]]);
  });

  test("the server uses services of clients, and topics", async () => {
    await using house = await TestHouse.start({ isService: true });
    const math = await house.join("math", { isService: true });
    await math.provideService("add", (a: number, b: number, ack: Ack) => ack(a + b));
    math.createTopic("sums");
    const sums = collector();

    await house.server.subscribeTopic("math", "sums", sums.callback);
    expect(await served(house.server, "math", "add", 1, 2)).toEqual([3]);
    math.publishTopic("sums", 3);
    await vi.waitFor(() => expect(sums.calls).toEqual([[3]]));

    await house.server.unsubscribeTopic("math", "sums");
  });

  test("a callback that throws tells the caller, and the server's console", async () => {
    await using house = await TestHouse.start({ isService: true });
    const errors = vi.spyOn(console, "error").mockImplementation(() => {});
    const alice = await house.join("alice");
    await house.server.asService("math").provideService("div", () => {
      throw Object.assign(new Error("by zero"), { code: "DIVISION" });
    });

    const told = heard(alice, "SERVER_ERROR");
    alice.emitService("math", "div", 1, 0);

    expect(await told).toEqual([expect.objectContaining({ code: "DIVISION", message: "by zero", remote: true })]);
    expect(errors).toHaveBeenCalledWith(expect.objectContaining({ code: "DIVISION" }));
    const toldAgain = heard(alice, "SERVER_ERROR");
    alice.emitService("math", "div", 1, 0, () => {});
    expect(await toldAgain).toEqual([expect.objectContaining({ code: "DIVISION" })]);
  });
});
