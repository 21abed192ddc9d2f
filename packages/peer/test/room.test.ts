import { deferred } from "@peerloom/core";
import { wrtcRtc } from "@peerloom/rtc-node/wrtc";
import { createSignaler } from "@peerloom/signaling";
import { memoryDriver } from "@peerloom/signaling/memory";
import { describe, expect, test, vi } from "vitest";
import { Peer } from "../src/index.ts";
import { meet, next, World } from "./support/peers.ts";

const rtc = wrtcRtc();

/** The timers of this package that are armed from now on and have neither run nor been cleared. */
function watchTimers(): Set<unknown> {
  const armed = new Set<unknown>();
  for (const [set, clear] of [
    ["setTimeout", "clearTimeout"],
    ["setInterval", "clearInterval"],
  ] as const) {
    const [arm, disarm] = [globalThis[set] as (...args: unknown[]) => unknown, globalThis[clear] as (timer: unknown) => void];
    vi.stubGlobal(set, (run: () => void, ...rest: unknown[]) => {
      const isOurs = new Error().stack?.split("\n")[2]?.includes("/peer/src/") === true;
      const timer: unknown = arm(
        () => {
          if (set === "setTimeout") armed.delete(timer);
          run();
        },
        ...rest,
      );
      if (isOurs) armed.add(timer);
      return timer;
    });
    vi.stubGlobal(clear, (timer: unknown) => {
      armed.delete(timer);
      disarm(timer);
    });
  }
  return armed;
}

describe("joining", () => {
  test("twice is an error that says so, and after leaving it is none", async () => {
    await using world = new World(rtc);
    const peer = world.peer("alice");
    await peer.join("one");

    await expect(peer.join("two")).rejects.toMatchObject({ code: "ALREADY_JOINED" });
    await peer.leave();
    await peer.join("two");
    expect(peer.room).toBe("two");
  });

  test("at the same time as leaving ends in ABORTED, and leaves nothing behind", async () => {
    await using world = new World(rtc);
    const peer = world.peer("alice");
    const joining = peer.join();
    const leaving = peer.leave();

    await expect(joining).rejects.toMatchObject({ code: "ABORTED" });
    await leaving;
    expect(world.hub.subscriptions).toBe(0);
  });

  test("rejects when the peer leaves while the room is told, and the room hears that it is gone", async () => {
    await using world = new World(rtc);
    const driver = memoryDriver(world.hub);
    const [reached, gate] = [deferred<void>(), deferred<void>()];
    const publish = driver.publish.bind(driver);
    driver.publish = async (...given) => {
      reached.resolve();
      await gate.promise;
      await publish(...given);
    };
    const [alice, bob] = [world.peer("alice", { driver }), world.peer("bob")];
    await bob.join();
    const gone = next(bob, "connection:closed");
    const joining = alice.join();
    await reached.promise;
    const leaving = alice.leave();
    gate.resolve();

    await expect(joining).rejects.toMatchObject({ code: "ABORTED" });
    await Promise.all([leaving, gone]);
    expect(world.said("bob").filter((line) => line.startsWith("connection"))).not.toContain("connection:failed alice");
    expect(world.hub.subscriptions).toBe(2);
  });

  test("with a wrong room, metadata or verify throws at once", async () => {
    await using world = new World(rtc);
    const peer = world.peer("alice");

    await expect(peer.join("")).rejects.toThrow(TypeError);
    await expect(peer.join({ metadata: (() => 1) as never })).rejects.toThrow(TypeError);
    await expect(peer.join({ metadata: "x".repeat(5000) })).rejects.toMatchObject({ code: "TOO_LARGE" });
    await expect(peer.join({ verify: 1 as never })).rejects.toThrow(TypeError);
    expect(() => new Peer({ driver: memoryDriver(), id: "\n", rtc })).toThrow(TypeError);
    expect(() => new Peer({ driver: memoryDriver() })).toThrow(expect.objectContaining({ code: "NO_WEBRTC" }));
    expect(peer.room).toBeUndefined();
  });

  test.each([false, true])("of two in the same moment makes one pair, connected once (sealed: %s)", async (isSealed) => {
    await using world = new World(rtc);
    const peers = [world.peer("alice", { isSealed }), world.peer("bob", { isSealed })];
    const connected = Promise.all(peers.map((peer) => next(peer, "connection:connected")));
    await Promise.all(peers.map((peer) => peer.join()));
    await connected;

    for (const peer of peers) expect(world.said(peer.id).filter((line) => !line.includes("channel"))).toHaveLength(3);
    expect(world.errors).toEqual([]);
  });

  test("rooms of other names are not reached, whatever their names", async () => {
    await using world = new World(rtc);
    const [alice, bob, carol] = [world.peer("b"), world.peer("bob"), world.peer("a:b")];
    await alice.join("a");
    await carol.join("a:b");
    await meet([alice, bob], "a");

    expect(carol.remotes).toEqual([]);
  });

  test("works again when the driver comes back, and a connected pair does not notice", async () => {
    await using world = new World(rtc);
    const [alice, bob, carol] = [world.peer("alice"), world.peer("bob"), world.peer("carol")];
    await meet([alice, bob]);
    world.hub.cut();
    const joining = carol.join({ room: "room" });
    expect(alice.remotes.map(({ state }) => state)).toEqual(["connected"]);

    const met = Promise.all([next(alice, "connection:connected"), next(bob, "connection:connected")]);
    world.hub.restore();
    await joining;
    await met;
    expect(world.said("alice").filter((line) => line === "connection:connected bob")).toHaveLength(1);
  });
});

describe("verify", () => {
  test.each([false, true])("lets a member stay unseen for whom it refuses (sealed: %s)", async (isSealed) => {
    await using world = new World(rtc);
    const [alice, bob, carol] = [world.peer("alice", { isSealed }), world.peer("bob", { isSealed }), world.peer("carol", { isSealed })];
    const asked: unknown[] = [];
    await alice.join({
      metadata: "secret",
      verify: async (remote) => {
        asked.push(remote);
        return remote.metadata !== "bad";
      },
    });
    await bob.join({ metadata: "bad" });
    const met = Promise.all([next(alice, "connection:connected"), next(bob, "connection:connected")]);
    await carol.join({ metadata: "good" });
    await met;

    expect(asked).toContainEqual({ id: "bob", metadata: "bad" });
    expect(world.log.filter((line) => /alice.*bob|bob.*alice/.test(line))).toEqual([]);
    expect(world.errors).toEqual([]);
  });

  test("of a newcomer tells the member that it is not welcome, at once", async () => {
    await using world = new World(rtc);
    const [alice, bob] = [world.peer("alice"), world.peer("bob")];
    await alice.join();
    const failed = next(alice, "connection:closed");
    await bob.join({ verify: () => false });
    await failed;

    expect(world.errors).toMatchObject([{ code: "FORBIDDEN", remote: true }]);
    expect(world.said("bob")).toEqual([]);
    expect(alice.remotes).toEqual([]);
  });

  test("that throws counts as no, and what it threw is reported", async () => {
    await using world = new World(rtc);
    const [alice, bob] = [world.peer("alice"), world.peer("bob")];
    const thrown = new Error("no idea");
    const reported = next(alice, "error");
    await alice.join({
      verify: () => {
        throw thrown;
      },
    });
    await bob.join();

    expect((await reported).error).toBe(thrown);
    expect(alice.remotes).toEqual([]);
  });

  test("that takes its time makes one pair of all that comes meanwhile", async () => {
    await using world = new World(rtc);
    const [alice, bob] = [world.peer("alice"), world.peer("bob")];
    let answers: ((isWelcome: boolean) => void)[] = [];
    await alice.join({ verify: () => new Promise((resolve) => answers.push(resolve)) });
    await bob.join();
    // It says again that it is there, as after a reconnection.
    world.hub.cut();
    world.hub.restore();
    await new Promise((resolve) => setImmediate(resolve));
    const met = next(alice, "connection:connected");
    for (const answer of answers.splice(0)) answer(true);
    answers = [];
    await met;

    expect(world.said("alice").filter((line) => line.startsWith("connection:new"))).toHaveLength(1);
  });
});

describe("a room", () => {
  test("that is full says so on both sides", async () => {
    await using world = new World(rtc);
    const [alice, bob, carol] = [world.peer("alice", { maxPeers: 1 }), world.peer("bob"), world.peer("carol")];
    await meet([alice, bob]);
    const full = next(alice, "limit");
    const told = next(carol, "error");
    await carol.join({ room: "room" });

    expect(await full).toEqual({ id: "carol", maxPeers: 1 });
    expect((await told).error).toMatchObject({ code: "LIMIT", remote: true });
    expect(alice.remotes.map(({ id }) => id)).toEqual(["bob"]);
  });

  test.each([false, true])("that is full says so to those only who are welcome (sealed: %s)", async (isSealed) => {
    await using world = new World(rtc);
    const [bob, carol, dave] = [world.peer("bob", { isSealed }), world.peer("carol", { isSealed }), world.peer("dave", { isSealed })];
    const alice = world.peer("alice", { isSealed, maxPeers: 1 });
    await alice.join({ room: "room", verify: ({ id }) => id !== "carol" });
    await meet([alice, bob]);
    const full = next(alice, "limit");
    const told = next(dave, "error");
    const carolErrors: unknown[] = [];
    carol.on("error", ({ error }) => carolErrors.push(error));
    await carol.join({ room: "room", verify: ({ id }) => id === "alice" });
    await dave.join({ room: "room", verify: ({ id }) => id === "alice" });

    expect(await full).toEqual({ id: "dave", maxPeers: 1 });
    expect((await told).error).toMatchObject({ code: "LIMIT", remote: true });
    expect(carolErrors).toEqual([]);
    expect(alice.remotes.map(({ id }) => id)).toEqual(["bob"]);
  });

  test("brings changes of metadata", async () => {
    await using world = new World(rtc);
    const [alice, bob] = [world.peer("alice"), world.peer("bob")];
    await meet([alice, bob]);
    const changed = next(bob, "metadata");
    alice.setMetadata({ name: "new" });

    expect((await changed).remote).toMatchObject({ id: "alice", metadata: { name: "new" } });
    expect(() => world.peer("nobody").setMetadata(1)).toThrow(expect.objectContaining({ code: "NOT_A_MEMBER" }));
  });

  test("with someone who never answers gives up in the time it was told, with a typed error", async () => {
    await using world = new World(rtc);
    const alice = world.peer("alice", { connectTimeoutMs: 300 });
    await alice.join("room");
    const closed = next(alice, "connection:closed");
    const signaler = await createSignaler({ room: "room", id: "ghost" });
    await using driver = memoryDriver(world.hub);
    await driver.publish(["room"], await signaler.announce());
    await closed;

    expect(world.errors).toMatchObject([{ code: "TIMEOUT", message: expect.stringContaining("did not answer") }]);
    expect(world.said("alice")).toEqual([
      "connection:new ghost",
      "connection:connecting ghost",
      "connection:failed ghost",
      expect.stringContaining("error"),
      "connection:closed ghost",
    ]);
  });

  test("takes a goodbye in the name of a connected peer from nobody else", async () => {
    await using world = new World(rtc);
    const [alice, bob] = [world.peer("alice"), world.peer("bob")];
    await meet([alice, bob]);
    await using driver = memoryDriver(world.hub);
    const forger = await createSignaler({ room: "room", id: "bob" });
    await driver.publish(["room"], await forger.leave());
    await alice.join("room").catch(() => {});

    expect(alice.remotes.map(({ state }) => state)).toEqual(["connected"]);
  });

  test("leaves nothing behind: no subscription, no pair, no timer", async () => {
    const timers = watchTimers();
    const world = new World(rtc);
    const peers = ["alice", "bob", "carol"].map((id) => world.peer(id, { isSealed: true }));
    peers[0]?.open("chat");
    await meet(peers);
    await world[Symbol.asyncDispose]();

    expect(world.hub.subscriptions).toBe(0);
    expect(peers.flatMap(({ remotes }) => remotes)).toEqual([]);
    expect(timers.size).toBe(0);
    expect(world.errors).toEqual([]);
  });
});
