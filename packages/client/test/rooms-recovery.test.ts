import { io } from "socket.io-client";
import { describe, expect, test } from "vitest";
import { connect, type RoomMember } from "../src/index.ts";
import { Inbox, inboxOf, inboxOn, reaches } from "./support/events.ts";
import { Proxy } from "./support/proxy.ts";
import { TestRelay } from "./support/relay.ts";
import { enter, upTo } from "./support/room.ts";

describe("a member that was cut off", () => {
  test("gets what was emitted meanwhile, once and in order, and is away for the others until it is back", async () => {
    await using relay = await TestRelay.start();
    await using proxy = await Proxy.start(relay.port);
    const alice = await enter(relay, "alice");
    const bob = await enter(relay, "bob", { url: proxy.url });
    const inbox = inboxOn<number>(bob.room, "number");
    const updates = inboxOn<RoomMember>(alice.room, "member:update");

    for (const n of upTo(100)) alice.room.emit("number", n);
    await inbox.take();
    proxy.shut();
    await updates.take();
    for (const n of upTo(300)) alice.room.emit("number", 100 + n);
    proxy.open();
    await reaches(bob.client, "online");
    for (const n of upTo(100)) alice.room.emit("number", 400 + n);
    await inbox.takeMany(499);

    expect(inbox.all).toEqual(upTo(500));
    expect((await updates.take()).state).toBe("here");
    expect(updates.all[0]?.state).toBe("away");
    expect(bob.room.state).toBe("joined");
  });

  test("publishes what it emitted meanwhile when it is back", async () => {
    await using relay = await TestRelay.start();
    await using proxy = await Proxy.start(relay.port);
    const alice = await enter(relay, "alice", { url: proxy.url });
    const bob = await enter(relay, "bob");
    const inbox = inboxOn<number>(bob.room, "number");

    for (const n of upTo(100)) alice.room.emit("number", n);
    await new Promise((resolve) => setImmediate(resolve));
    proxy.shut();
    for (const n of upTo(100)) alice.room.emit("number", 100 + n);
    await reaches(alice.client, "offline");
    for (const n of upTo(100)) alice.room.emit("number", 200 + n);
    proxy.open();
    await inbox.takeMany(300);

    expect(inbox.all).toEqual(upTo(300));
  });

  test("is told what it missed for good when the history is too short", async () => {
    await using relay = await TestRelay.start();
    await using proxy = await Proxy.start(relay.port);
    const alice = await relay.connect("alice");
    const room = await alice.join("lobby", { history: { events: 10 } });
    const bob = await enter(relay, "bob", { url: proxy.url });
    const inbox = inboxOn<number>(bob.room, "number");
    const gaps = inboxOn<{ from: string; missed: number }>(bob.room, "gap");
    const updates = inboxOn<RoomMember>(room, "member:update");

    proxy.shut();
    await updates.take();
    for (const n of upTo(100)) room.emit("number", n);
    await room.drained();
    await new Promise((resolve) => setImmediate(resolve));
    proxy.open();
    await inbox.takeMany(10);

    expect(gaps.all).toEqual([{ from: "alice", missed: 90 }]);
    expect(inbox.all).toEqual(upTo(100).slice(90));
  });

  test("holds back: emit says false over the mark, and throws OVERFLOW over the limit", async () => {
    await using relay = await TestRelay.start();
    await using proxy = await Proxy.start(relay.port);
    const limits = { room: { highWaterBytes: 50_000, maxQueuedBytes: 100_000 } };
    const alice = await enter(relay, "alice", { url: proxy.url, limits });
    const bob = await enter(relay, "bob");
    const inbox = inboxOn<number>(bob.room, "chunk");
    proxy.shut();
    await reaches(alice.client, "offline");

    const answers = upTo(9).map(() => alice.room.emit("chunk", "x".repeat(10_000)));
    expect(answers).toEqual([true, true, true, true, false, false, false, false, false]);
    expect(() => alice.room.emit("chunk", "x".repeat(10_000))).toThrow(expect.objectContaining({ code: "OVERFLOW" }));
    await expect(alice.room.drained({ timeoutMs: 10 })).rejects.toMatchObject({ code: "TIMEOUT" });
    proxy.open();
    await alice.room.drained();

    expect(await inbox.takeMany(9)).toHaveLength(9);
  });

  test("that left meanwhile is told as gone from the room when it is back", async () => {
    await using relay = await TestRelay.start();
    await using proxy = await Proxy.start(relay.port);
    const alice = await enter(relay, "alice", { url: proxy.url });
    const bob = await enter(relay, "bob");
    const leaves = inboxOn<RoomMember>(bob.room, "member:leave");
    proxy.shut();
    await reaches(alice.client, "offline");

    await alice.room.leave();
    proxy.open();

    expect((await leaves.take()).id).toBe("alice");
  });

  test("whose socket does not drain holds back instead of filling it", async () => {
    await using relay = await TestRelay.start();
    await using proxy = await Proxy.start(relay.port);
    const socket = io(`${proxy.url}/peerloom`, { forceNew: true, transports: ["websocket"] });
    await using alice = await connect(socket, { clientId: "alice", limits: { socketBytes: 1_048_576 } });
    const room = await alice.join("lobby");
    const bob = await enter(relay, "bob");
    const inbox = inboxOn<number>(bob.room, "chunk");

    proxy.pause();
    let sent = 0;
    // The kernel takes some megabytes first.
    while (room.emit("chunk", sent++, "x".repeat(100_000)) && sent < 400) await new Promise((resolve) => setImmediate(resolve));
    const waiting = (Reflect.get(socket.io.engine.transport, "ws") as WebSocket).bufferedAmount;
    proxy.resume();
    await inbox.takeMany(sent);

    expect(sent).toBeLessThan(400);
    expect(waiting).toBeLessThan(1_500_000);
    expect(inbox.all).toEqual(upTo(sent));
  });

  test("loses nothing when cut again and again while both publish", async () => {
    await using relay = await TestRelay.start();
    await using proxy = await Proxy.start(relay.port);
    const alice = await enter(relay, "alice", { url: proxy.url });
    const bob = await enter(relay, "bob");
    const atAlice = inboxOn<number>(alice.room, "number");
    const atBob = inboxOn<number>(bob.room, "number");

    for (const n of upTo(900)) {
      alice.room.emit("number", n);
      bob.room.emit("number", n);
      if (n % 100 === 50) {
        // What one of them emitted arrives, and the other's is under way.
        await Promise.race([atAlice, atBob].map((inbox) => inbox.holds(inbox.all.length + 1)));
        proxy.cut();
      }
    }
    await Promise.all([atAlice.holds(900), atBob.holds(900)]);

    expect(atAlice.all).toEqual(upTo(900));
    expect(atBob.all).toEqual(upTo(900));
  });
});

describe("a relay that is restarted", () => {
  test("loses nothing that was emitted before, during and after", async () => {
    await using relay = await TestRelay.start();
    const alice = await enter(relay, "alice");
    const bob = await enter(relay, "bob");
    const atAlice = inboxOn<number>(alice.room, "number");
    const atBob = inboxOn<number>(bob.room, "number");
    const emit = (from: number): void => {
      for (const n of upTo(100)) {
        alice.room.emit("number", from + n);
        bob.room.emit("number", from + n);
      }
    };

    emit(0);
    await atBob.take();
    await relay.stop();
    emit(100);
    await relay.startAgain();
    emit(200);
    await Promise.all([atAlice.takeMany(300), atBob.takeMany(299)]);

    expect(atAlice.all).toEqual(upTo(300));
    expect(atBob.all).toEqual(upTo(300));
    expect([...alice.room.members.keys()]).toEqual(["bob"]);
  });

  test("makes members that do not come back leave after the session timeout", async () => {
    await using relay = await TestRelay.start({ sessionTimeoutMs: 200 });
    await using proxy = await Proxy.start(relay.port);
    const alice = await enter(relay, "alice");
    await enter(relay, "bob", { url: proxy.url });
    const told = new Inbox<string>();
    alice.room.on("member:update", ({ id, state }: RoomMember) => told.push(`${id} ${state}`));
    alice.room.on("member:leave", ({ id, reason }) => told.push(`${id} left: ${reason}`));

    proxy.shut();
    await told.take();
    await relay.stop();
    await relay.startAgain();

    expect(await told.take()).toBe("bob left: timeout");
    expect(told.all[0]).toBe("bob away");
    expect(alice.room.members.size).toBe(0);
  });

  test("closes a room that it no longer lets this client into", async () => {
    let isOpen = true;
    await using relay = await TestRelay.start({ authorize: ({ type }) => type !== "join" || isOpen });
    const alice = await enter(relay, "alice");
    const closed = inboxOn<{ error: unknown }>(alice.room, "closed");

    isOpen = false;
    await relay.stop();
    await relay.startAgain();

    expect(await closed.take()).toMatchObject({ error: { code: "FORBIDDEN" } });
    expect(alice.room.state).toBe("left");
    expect(alice.client.load.rooms).toBe(0);
  });
});

describe("what the relay refuses in a room", () => {
  test("for coming too fast reaches the others all the same", async () => {
    await using relay = await TestRelay.start({ limits: { packetsPerSecond: 20 } });
    const alice = await enter(relay, "alice");
    const bob = await enter(relay, "bob");
    const inbox = inboxOn<number>(bob.room, "number");

    for (const n of upTo(60)) {
      alice.room.emit("number", n);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await inbox.takeMany(60);

    expect(inbox.all).toEqual(upTo(60));
  });

  test("as forbidden is told, and not replayed", async () => {
    let mayEmit = true;
    await using relay = await TestRelay.start({ authorize: ({ type }) => type !== "room-packet" || mayEmit });
    await using proxy = await Proxy.start(relay.port);
    const alice = await enter(relay, "alice", { url: proxy.url });
    const bob = await enter(relay, "bob");
    const inbox = inboxOn<string>(bob.room, "say");
    const gaps = inboxOn(bob.room, "gap");
    const refused = inboxOf(alice.client, "undeliverable");

    mayEmit = false;
    alice.room.emit("say", "forbidden");
    await refused.take();
    mayEmit = true;
    proxy.cut();
    await reaches(alice.client, "offline");
    alice.room.emit("say", "allowed");

    expect(await inbox.take()).toBe("allowed");
    expect(refused.all).toMatchObject([{ room: "lobby", count: 1, error: { code: "FORBIDDEN" } }]);
    expect(gaps.all).toEqual([{ from: "alice", missed: 1 }]);
  });
});
