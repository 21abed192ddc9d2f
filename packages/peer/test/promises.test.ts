import { wrtcRtc } from "@peerloom/rtc-node/wrtc";
import { createDriver } from "@peerloom/signaling";
import { memoryDriver } from "@peerloom/signaling/memory";
import { describe, expect, test } from "vitest";
import { CuttablePath } from "../../../tools/lib/udp-cut.ts";
import { Peer } from "../src/index.ts";
import { meet, next, World } from "./support/peers.ts";

const rtc = wrtcRtc();

describe("sending", () => {
  test("brings empty texts and empty bytes as they are", async () => {
    await using world = new World(rtc);
    const [alice, bob] = [world.peer("alice"), world.peer("bob")];
    alice.open();
    const open = next(bob, "channel:open");
    await meet([alice, bob]);
    await open;
    const got: unknown[] = [];
    bob.on("channel:message", ({ data }) => void got.push(data));
    await alice.send("default", "");
    await alice.send("default", new Uint8Array(0));

    expect(got).toEqual(["", new Uint8Array(0)]);
  });

  test("to several reaches those it can, and says whom it did not reach", async () => {
    await using world = new World(rtc);
    const [alice, bob, carol] = [world.peer("alice"), world.peer("bob"), world.peer("carol")];
    alice.open("chat");
    const opened = Promise.all([next(bob, "channel:open"), next(carol, "channel:open")]);
    await meet([alice, bob, carol]);
    await opened;
    const closed = next(alice, "channel:close");
    carol.close("chat");
    await closed;

    const result = await alice.send("chat", "x", { to: ["bob", "carol", "nobody"] });
    expect(result.delivered).toEqual(["bob"]);
    expect(result.failed).toMatchObject([
      { id: "carol", error: { code: "CLOSED" } },
      { id: "nobody", error: { code: "PEER_NOT_FOUND" } },
    ]);
    await expect(alice.send("chat", "x", { to: "nobody" })).rejects.toMatchObject({ code: "PEER_NOT_FOUND" });
    expect(await bob.send("nothing", "x")).toEqual({ delivered: [], failed: [] });
  });

  test("tells how far it is, and can be given up", async () => {
    await using world = new World(rtc);
    const [alice, bob] = [world.peer("alice"), world.peer("bob")];
    alice.open("chat");
    const open = next(bob, "channel:open");
    await meet([alice, bob]);
    await open;
    const seen: number[] = [];
    const data = new Uint8Array(3_000_000);
    await alice.send("chat", data, { onProgress: ({ id, bytes }) => id === "bob" && seen.push(bytes) });
    const controller = new AbortController();
    const given = alice.send("chat", data, { signal: controller.signal });
    controller.abort();

    expect(seen.at(-1)).toBe(data.length);
    await expect(given).rejects.toMatchObject({ code: "ABORTED" });
  });
});

describe("events", () => {
  test("come at once: their snapshot is the state they tell, and the group hears after the event's own listeners", async () => {
    await using world = new World(rtc);
    const [alice, bob] = [world.peer("alice"), world.peer("bob")];
    const order: string[] = [];
    bob.on("connection", (event) => {
      expect(event.remote.state).toBe(event.state);
      expect(bob.remotes.map(({ state }) => state)).toEqual(event.state === "closed" ? [] : [event.state]);
      order.push(`group ${event.state}`);
    });
    bob.on("connection:connected", () => void order.push("own"));
    await meet([alice, bob]);
    await bob.leave();

    expect(order).toEqual(["group new", "group connecting", "own", "group connected", "group closed"]);
  });

  test("go on when a listener throws, and what it threw is reported", async () => {
    await using world = new World(rtc);
    const [alice, bob] = [world.peer("alice"), world.peer("bob")];
    const thrown = new Error("no");
    alice.on("connection:new", () => {
      throw thrown;
    });
    await meet([alice, bob]);

    expect(world.errors).toEqual([thrown]);
  });

  test("bring what the driver reports", async () => {
    let fail: (thrown: unknown) => void = () => {};
    const driver = createDriver({ name: "frail", isShared: false }, (events) => {
      fail = events.error;
      events.active();
      return { subscribe: () => {}, unsubscribe: () => {}, publish: () => {} };
    });
    await using peer = new Peer({ driver, rtc });
    await peer.join();
    const reported = next(peer, "error");
    fail(new Error("broker is ill"));

    expect(JSON.stringify(await reported)).toContain("error");
    await driver.close();
  });
});

describe("peers", () => {
  test("on one driver object meet", async () => {
    await using world = new World(rtc);
    const driver = memoryDriver(world.hub);
    const [alice, bob] = [world.peer("alice", { driver }), world.peer("bob", { driver })];
    await meet([alice, bob]);

    expect(alice.remotes.map(({ id }) => id)).toEqual(["bob"]);
  });

  test("that start anew under their id take the place of what was left of them", async () => {
    await using world = new World(rtc);
    const [alice, before] = [world.peer("alice"), world.peer("bob")];
    await meet([alice, before]);
    const again = new Peer({ driver: memoryDriver(world.hub), id: "bob", rtc });
    const told = next(before, "error");
    const connected = next(alice, "connection:connected");
    await again.join("room");
    await connected;

    expect((await told).error).toMatchObject({ code: "CLIENT_ID_TAKEN" });
    expect(world.said("alice").filter((line) => line.startsWith("connection:"))).toEqual(
      ["new", "connecting", "connected", "closed", "new", "connecting", "connected"].map((state) => `connection:${state} bob`),
    );
    await again[Symbol.asyncDispose]();
  });

  test("refuse wrong options where they are given", async () => {
    await using world = new World(rtc);
    const alice = world.peer("alice");
    const wrong = (call: () => unknown): unknown => {
      try {
        return call();
      } catch (error) {
        return (error as Error).name === "PeerloomError" ? (error as { code?: string }).code : (error as Error).name;
      }
    };

    expect(wrong(() => alice.publish({ stream: {} as MediaStream }))).toBe("TypeError");
    expect(wrong(() => alice.publish({ stream: { getTracks: () => [] } as unknown as MediaStream }))).toBe("TypeError");
    expect(wrong(() => alice.mute())).toBe("NOT_PUBLISHED");
    expect(wrong(() => alice.open({ maxRetransmits: 1, maxPacketLifeTime: 1 }))).toBe("TypeError");
    expect(wrong(() => alice.open({ maxRetransmits: -1 }))).toBe("RangeError");
    expect(wrong(() => alice.open({ metadata: "x".repeat(5000) }))).toBe("TOO_LARGE");
    expect(wrong(() => world.peer("b", { connectTimeoutMs: -1 }))).toBe("RangeError");
    expect(wrong(() => world.peer("b", { maxPeers: 0 }))).toBe("RangeError");
    expect(wrong(() => new Peer({} as never))).toBe("TypeError");
    expect(alice.unpublish("nothing")).toBe(false);
    await expect(alice.stats("nobody")).rejects.toMatchObject({ code: "PEER_NOT_FOUND" });
  });
});

test("what changes while the path is lost is told when it is back", async () => {
  await using path = new CuttablePath();
  await using world = new World(path.through(rtc));
  const [alice, bob] = [world.peer("alice", { heartbeatMs: 100 }), world.peer("bob", { heartbeatMs: 100 })];
  bob.open("before");
  const before = Promise.all([next(alice, "channel:open"), next(bob, "channel:open")]);
  await meet([alice, bob]);
  await before;
  const lost = Promise.all([next(alice, "connection:disconnected"), next(bob, "connection:disconnected")]);
  path.isCut = true;
  await lost;
  const changed = next(bob, "metadata");
  const opened = next(bob, "channel:open");
  const closed = next(bob, "channel:close");
  alice.setMetadata("changed");
  alice.open("meanwhile");
  alice.close("before");
  path.isCut = false;

  expect((await changed).remote.metadata).toBe("changed");
  expect((await opened).label).toBe("meanwhile");
  expect((await closed).label).toBe("before");
  expect(world.errors).toEqual([]);
});

describe("a path that is lost for good", () => {
  test("ends the pair in the time it was told, with PEER_LOST for all that waits", async () => {
    await using path = new CuttablePath();
    await using world = new World(path.through(rtc));
    const options = { heartbeatMs: 100, reconnectTimeoutMs: 1000 };
    const [alice, bob] = [world.peer("alice", options), world.peer("bob", options)];
    alice.open("chat");
    const open = next(alice, "channel:open");
    await meet([alice, bob]);
    await open;
    path.isCut = true;
    const closed = Promise.all([next(alice, "connection:closed"), next(bob, "connection:closed")]);
    const waiting = alice.send("chat", "lost");

    await expect(waiting).rejects.toMatchObject({ code: "PEER_LOST" });
    await closed;
    expect(
      world
        .said("alice")
        .filter((line) => line.startsWith("connection:"))
        .slice(-3),
    ).toEqual(["disconnected", "failed", "closed"].map((state) => `connection:${state} bob`));
    expect(world.errors.map((error) => (error as { code: string }).code)).toEqual(["PEER_LOST", "PEER_LOST"]);
    world.errors.length = 0;
  });

  test("and is there again later, brings the two together again", async () => {
    await using path = new CuttablePath();
    await using world = new World(path.through(rtc));
    const options = { heartbeatMs: 100, reconnectTimeoutMs: 300 };
    const [alice, bob] = [world.peer("alice", options), world.peer("bob", options)];
    await meet([alice, bob]);
    path.isCut = true;
    await Promise.all([next(alice, "connection:closed"), next(bob, "connection:closed")]);
    const back = Promise.all([next(alice, "connection:connected"), next(bob, "connection:connected")]);
    path.isCut = false;
    await back;

    expect(alice.remotes).toMatchObject([{ id: "bob", state: "connected" }]);
    world.errors.length = 0;
  });

  test("is no error when the other one has left meanwhile", async () => {
    await using path = new CuttablePath();
    await using world = new World(path.through(rtc));
    const [alice, bob] = [world.peer("alice", { heartbeatMs: 100 }), world.peer("bob", { heartbeatMs: 100 })];
    await meet([alice, bob]);
    const lost = Promise.all([next(alice, "connection:disconnected"), next(bob, "connection:disconnected")]);
    path.isCut = true;
    await lost;
    const closed = next(alice, "connection:closed");
    await bob.leave();
    await closed;

    expect(world.errors).toEqual([]);
    expect(alice.remotes).toEqual([]);
  });
});
