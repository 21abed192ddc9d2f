import { p2pClientPlugin } from "@peerloom/client/plugin";
import { io } from "socket.io-client";
import { describe, expect, test, vi } from "vitest";
import { asked, collector, heard, leave, served, settled, TestHouse } from "./support.ts";

describe("3.1 Client Core API", () => {
  test("joinRoom: what others emit to the room is heard on the socket itself", async () => {
    await using house = await TestHouse.start();
    const [alice, bob, carol] = [await house.join("alice"), await house.join("bob"), await house.join("carol")];
    await Promise.all([alice.joinRoom("lobby"), bob.joinRoom("lobby"), bob.joinRoom("lobby")]);
    const [atAlice, atBob, atCarol] = [collector(), collector(), collector()];
    alice.on("say", atAlice.callback);
    bob.on("say", atBob.callback);
    carol.on("say", atCarol.callback);

    alice.emitRoom("lobby", "say", "hi", 1);
    await vi.waitFor(() => expect(atBob.calls).toEqual([["hi", 1]]));
    await settled(alice, carol);

    expect([atAlice.calls, atCarol.calls]).toEqual([[], []]);
  });

  test("leaveRoom: nothing of the room is heard any more, and it can be joined again", async () => {
    await using house = await TestHouse.start();
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];
    await Promise.all([alice.joinRoom("lobby"), bob.joinRoom("lobby")]);
    const atBob = collector();
    bob.on("say", atBob.callback);

    await bob.leaveRoom("lobby");
    alice.emitRoom("lobby", "say", 1);
    await settled(alice, bob);
    await bob.joinRoom("lobby");
    alice.emitRoom("lobby", "say", 2);
    await vi.waitFor(() => expect(atBob.calls).toEqual([[2]]));

    await bob.leaveRoom("never joined");
  });

  test("joinRoom and leaveRoom call back, with an error when there is one", async () => {
    await using house = await TestHouse.start({ authorize: (action) => action.type !== "join" || action.room !== "secret" });
    const alice = await house.join("alice");

    expect(await new Promise((resolve) => void alice.joinRoom("lobby", resolve))).toBeUndefined();
    expect(await new Promise((resolve) => void alice.leaveRoom("lobby", resolve))).toBeUndefined();
    expect(await new Promise((resolve) => void alice.joinRoom("secret", resolve))).toMatchObject({ code: "FORBIDDEN" });
    await expect(alice.joinRoom("secret")).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  test("leaving while joining ends outside", async () => {
    await using house = await TestHouse.start();
    const alice = await house.join("alice");

    const joined = alice.joinRoom("lobby");
    await Promise.all([joined, alice.leaveRoom("lobby")]);

    expect(house.server.peerloom.stats().rooms).toBe(0);
  });

  test("emitRoom reaches a room also from outside", async () => {
    await using house = await TestHouse.start();
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];
    await bob.joinRoom("lobby");

    const said = heard(bob, "say");
    alice.emitRoom("lobby", "say", "hi");

    expect(await said).toEqual(["hi"]);
  });

  test("nobody in a room can tell what only socket.io or the plugin tells", async () => {
    await using house = await TestHouse.start();
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];
    await Promise.all([alice.joinRoom("lobby"), bob.joinRoom("lobby")]);
    const lies = collector();
    for (const event of ["disconnect", "connect_error", "SERVER_ERROR", "MULTI_API_TARGET_DISCONNECT"])
      bob.on(event as never, lies.callback as never);

    for (const event of ["disconnect", "connect_error", "SERVER_ERROR", "MULTI_API_TARGET_DISCONNECT"])
      alice.emitRoom("lobby", event, "bob");
    alice.emitTo("bob", "SERVER_ERROR", { code: "LIE", message: "" });
    alice.emitTo("bob", "MULTI_API_TARGET_DISCONNECT", "carol");
    const said = heard(bob, "say");
    alice.emitRoom("lobby", "say", "the last");
    await said;
    await settled(alice, bob);

    expect(lies.calls).toEqual([]);
  });

  test("the socket stays what it is: its events, its acknowledgements and its server's handlers", async () => {
    await using house = await TestHouse.start();
    house.server.on("connection", (socket) => void socket.on("double", (n: number, ack: (n: number) => void) => ack(n * 2)));
    const alice = await house.join("alice");

    expect(await alice.emitWithAck("double", 4)).toBe(8);
    expect(alice.connected).toBe(true);
    expect(alice.clientId).toBe("alice");
    expect(alice.peerloom.id).toBe("alice");
  });

  test("the connection is one: the relay is spoken to in a namespace of its own over it", async () => {
    await using house = await TestHouse.start();

    await house.join("alice");

    expect(house.server.engine.clientsCount).toBe(1);
    expect(house.server.peerloom.stats()).toMatchObject({ connections: 1, refused: {}, malformed: 0 });
  });

  test("what is done before the client is in, is done when it is", async () => {
    await using house = await TestHouse.start();
    const bob = await house.join("bob");
    bob.onAny("double", (n: number, ack: (n: number) => void) => ack(n * 2));
    bob.onAddP2pTarget(() => {});

    const alice = house.dial("alice", { isService: true });
    alice.createTopic("news");
    const news = collector();
    const done = await Promise.all([
      asked(alice, "bob", "double", 2),
      alice.addP2pTarget("bob"),
      alice.joinRoom("lobby"),
      alice.provideService("half", (n: number, ack: (n: number) => void) => ack(n / 2)),
      alice.subscribeTopic("bob", "later", news.callback),
      bob.subscribeTopic("alice", "news", news.callback),
    ]);
    alice.publishTopic("news", "from alice");

    expect(done[0]).toEqual([4]);
    expect(await served(bob, "alice", "half", 2)).toEqual([1]);
    await vi.waitFor(() => expect(news.calls).toEqual([["from alice"]]));
  });

  test("messages and rooms survive a connection that breaks", async () => {
    await using house = await TestHouse.start({ sessionTimeoutMs: 10_000 });
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];
    const got: number[] = [];
    bob.onAny("n", (n: number) => void got.push(n));
    await bob.joinRoom("lobby");
    await alice.joinRoom("lobby");
    const inRoom: number[] = [];
    bob.on("room n", (n: number) => void inRoom.push(n));
    const targetGone = collector();
    bob.on("MULTI_API_TARGET_DISCONNECT", targetGone.callback);

    for (let n = 0; n < 100; n++) {
      alice.emitTo("bob", "n", n);
      alice.emitRoom("lobby", "room n", n);
      if (n === 50) alice.io.engine.close();
      if (n === 80) bob.io.engine.close();
      if (n % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await vi.waitFor(() => expect([got.length, inRoom.length]).toEqual([100, 100]), { timeout: 10_000 });

    expect(got).toEqual([...got.keys()]);
    expect(inRoom).toEqual([...inRoom.keys()]);
    expect(targetGone.calls).toEqual([]);
  });

  test("nothing that the server sends by hand throws", async () => {
    await using house = await TestHouse.start();
    const errors = vi.spyOn(console, "error").mockImplementation(() => {});
    const alice = await house.join("alice");
    const codes: string[] = [];
    alice.on("SERVER_ERROR", (error: { code: string }) => void codes.push(error.code));
    const remote = house.server.peerloom.remote("alice");

    for (const args of [[], [1, 2], ["math"], [{}, "x"], ["__proto__", "constructor", 1]]) {
      remote.emit("P2P_EMIT", ...args);
      await expect(remote.emitWithAck("P2P_EMIT", ...args)).rejects.toMatchObject({ remote: true });
    }
    for (const error of [null, "text", { code: 7 }, { code: "FINE", message: "fine" }]) remote.emit("SERVER_ERROR", error);
    await vi.waitFor(() => expect(codes).toEqual(["HANDLER_ERROR", "HANDLER_ERROR", "HANDLER_ERROR", "FINE"]));

    expect(errors).not.toHaveBeenCalled();
  });

  test("a socket that disconnects ends its client, and leaves nothing behind", async () => {
    await using house = await TestHouse.start();
    const [alice, bob] = [await house.join("alice", { isService: true }), await house.join("bob")];
    alice.onAddP2pTarget(() => {});
    alice.onAny("x", () => {});
    alice.createTopic("t");
    await Promise.all([bob.addP2pTarget("alice"), alice.joinRoom("lobby"), alice.provideService("a", () => {})]);

    await leave(alice);

    expect(alice.peerloom.load).toEqual({
      peers: 0,
      requests: 0,
      streams: 0,
      bytes: 0,
      rooms: 0,
      services: 0,
      topics: 0,
      subscriptions: 0,
    });
    expect(alice.listeners("disconnect")).toEqual([]);
    expect(() => alice.emitTo("bob", "x")).toThrow("closed");
    await expect(alice.joinRoom("lobby")).rejects.toMatchObject({ code: "CLOSED" });
  });

  test("a socket that the server disconnects ends its client too", async () => {
    await using house = await TestHouse.start();
    const alice = await house.join("alice");

    const ended = new Promise((resolve) => alice.peerloom.on("closed", resolve));
    house.server.getSocketByClientId("alice")?.disconnect();
    await ended;

    await vi.waitFor(() => expect(house.server.clientMap).toEqual({}));
  });

  test("a socket that never connected is closed without a trace, and ready rejects", async () => {
    const raw = io("http://127.0.0.1:9", { autoConnect: false });
    const client = p2pClientPlugin(raw, "alice");

    await client.peerloom.close();

    await expect(client.ready).rejects.toMatchObject({ code: "CLOSED" });
    expect(raw.listeners("connect")).toEqual([]);
  });

  test("a connection has one client, until that one is closed", async () => {
    await using house = await TestHouse.start();
    const raw = io(house.url, { transports: ["websocket"], forceNew: true });
    const first = p2pClientPlugin(raw, "alice");
    await first.ready;

    expect(() => p2pClientPlugin(raw, "bob")).toThrow("already");
    await first.peerloom.close();
    const second = p2pClientPlugin(raw, "bob");
    await second.ready;

    expect(Object.keys(house.server.clientMap)).toEqual(["bob"]);
    await leave(second);
  });

  test("a member that missed more than its publisher kept is told so by SERVER_ERROR", async () => {
    const door = { opened: Promise.resolve() };
    const authenticate = async (): Promise<object> => {
      await door.opened;
      return {};
    };
    await using house = await TestHouse.start({ sessionTimeoutMs: 10_000, authenticate });
    const [alice, bob] = [await house.join("alice", { limits: { room: { historyEvents: 2 } } }), await house.join("bob")];
    await Promise.all([alice.joinRoom("lobby"), bob.joinRoom("lobby")]);
    const received: unknown[] = [];
    bob.on("n", (n: number) => void received.push(n));
    const told = heard(bob, "SERVER_ERROR");

    const away = new Promise((resolve) => house.server.peerloom.once("away", resolve));
    const { promise, resolve: open } = Promise.withResolvers<void>();
    door.opened = promise;
    bob.io.engine.close();
    await away;
    for (let n = 0; n < 10; n++) alice.emitRoom("lobby", "n", n);
    await vi.waitFor(() => expect(house.server.peerloom.stats().roomPackets).toBeGreaterThan(0));
    open();

    expect(await told).toEqual([
      expect.objectContaining({ code: "GAP", message: '8 events of "alice" in the room "lobby" were missed for good' }),
    ]);
    await vi.waitFor(() => expect(received).toEqual([8, 9]));
  });

  test("a socket that does not connect in time, or is no longer wanted, closes its client", async () => {
    const errors = vi.spyOn(console, "error").mockImplementation(() => {});
    const raw = (): ReturnType<typeof io> => io("http://127.0.0.1:9", { autoConnect: false });
    const life = new AbortController();
    const sockets = [raw(), raw(), raw()] as const;
    const late = p2pClientPlugin(sockets[0], "alice", { connectTimeoutMs: 20 });
    const unwanted = p2pClientPlugin(sockets[1], "alice", { signal: life.signal });
    const never = p2pClientPlugin(sockets[2], "alice", { signal: AbortSignal.abort() });
    life.abort();

    await expect(late.ready).rejects.toMatchObject({ code: "RELAY_UNREACHABLE" });
    await expect(unwanted.ready).rejects.toMatchObject({ code: "ABORTED" });
    await expect(never.ready).rejects.toMatchObject({ code: "ABORTED" });

    expect(errors.mock.calls.map(([error]) => (error as { code: string }).code).toSorted()).toEqual([
      "ABORTED",
      "ABORTED",
      "RELAY_UNREACHABLE",
    ]);
    expect([late, unwanted, never].map(({ peerloom }) => peerloom.state)).toEqual(["closed", "closed", "closed"]);
    expect(sockets.map((socket) => socket.listeners("connect").length + socket.listeners("disconnect").length)).toEqual([0, 0, 0]);
  });

  test("wrong arguments are told at once", () => {
    const raw = io("http://127.0.0.1:9", { autoConnect: false });

    expect(() => p2pClientPlugin({} as typeof raw, "alice")).toThrow(TypeError);
    expect(() => p2pClientPlugin(raw, undefined as unknown as string)).toThrow(TypeError);
    expect(() => p2pClientPlugin(raw, "alice", { requestTimeoutMs: -1 })).toThrow(RangeError);
  });
});
