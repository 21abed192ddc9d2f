import { describe, expect, test } from "vitest";
import { connect, nextEvent, startRelay } from "./support.ts";

/** A clock that stands still until it is set. */
function clock(): { at: number; now: () => number } {
  const held = { at: 0, now: () => held.at };
  return held;
}

describe("rates", () => {
  test("packets over the rate are refused with RATE_LIMITED, and ready comes when the sender may go on", async () => {
    const time = clock();
    await using server = await startRelay({ now: time.now, limits: { packetsPerSecond: 10 } });
    using alice = await connect(server.url, "alice");
    using bob = await connect(server.url, "bob");

    for (let serial = 0; serial < 12; serial++) alice.packet("bob", serial, `${serial}`);
    expect(await alice.next("u")).toEqual(["bob", "RATE_LIMITED", 10]);
    expect(await alice.next("u")).toEqual(["bob", "RATE_LIMITED", 11]);
    time.at = 1000;

    expect(await alice.next("ready")).toEqual(["bob"]);
    alice.packet("bob", 12, "again");
    await bob.next("p", (_from: string, text: string) => text === "again");
    expect(bob.count("p")).toBe(10);
    expect(server.relay.stats()).toMatchObject({ packets: 11, refused: { RATE_LIMITED: 2 } });
  });

  test("bytes are counted too, attachments included", async () => {
    const time = clock();
    await using server = await startRelay({ now: time.now, limits: { bytesPerSecond: 1000 } });
    using alice = await connect(server.url, "alice");
    using bob = await connect(server.url, "bob");

    alice.packet("bob", 0, "x".repeat(500), Buffer.alloc(500));
    alice.packet("bob", 1, "x");

    expect(await alice.next("u")).toEqual(["bob", "RATE_LIMITED", 1]);
    await bob.next("p");
  });

  test("who goes on ten times over is closed for good", async () => {
    const time = clock();
    await using server = await startRelay({ now: time.now, limits: { packetsPerSecond: 10 } });
    using alice = await connect(server.url, "alice");
    const gone = nextEvent(server.relay, "gone");

    for (let serial = 0; serial < 200; serial++) alice.packet("bob", serial, "text");

    expect(await alice.next("bye")).toMatchObject([{ code: "RATE_LIMITED" }]);
    expect(await gone).toMatchObject({ clientId: "alice", reason: "closed" });
    expect(server.relay.stats()).toMatchObject({ dismissed: { RATE_LIMITED: 1 } });
  });

  test("control requests have a rate of their own", async () => {
    const time = clock();
    await using server = await startRelay({ now: time.now, limits: { controlsPerSecond: 1, controlBurst: 3 } });
    using alice = await connect(server.url, "alice");

    const codes = [];
    for (let index = 0; index < 5; index++) codes.push((await alice.control({ type: "lookup", id: "bob" })).ok);
    expect(codes).toEqual([true, true, true, false, false]);
    time.at = 6000;

    expect(await alice.ok({ type: "lookup", id: "bob" })).toEqual({ id: "bob", state: "absent" });
  });

  test("notices that a client causes are charged to it", async () => {
    const time = clock();
    await using server = await startRelay({ now: time.now, limits: { packetsPerSecond: 8 } });
    using alice = await connect(server.url, "alice");
    const watchers = await Promise.all(["a", "b", "c", "d"].map((id) => connect(server.url, id)));
    for (const watcher of watchers) await watcher.ok({ type: "watch", ids: ["alice"] });

    await alice.ok({ type: "metadata", metadata: 1 });
    await alice.ok({ type: "metadata", metadata: 2 });

    expect(await alice.code({ type: "metadata", metadata: 3 })).toBe("RATE_LIMITED");
    watchers.forEach((watcher) => watcher[Symbol.dispose]());
  });

  test("malformed events close a client with PROTOCOL_ERROR when there are many", async () => {
    const time = clock();
    await using server = await startRelay({ now: time.now, limits: { malformedPerMinute: 5 } });
    using alice = await connect(server.url, "alice");

    for (let index = 0; index < 6; index++) alice.socket.emit("nonsense", index);

    expect(await alice.next("bye")).toMatchObject([{ code: "PROTOCOL_ERROR" }]);
    expect(server.relay.stats()).toMatchObject({ malformed: 6, dismissed: { PROTOCOL_ERROR: 1 }, clients: { here: 0, away: 0 } });
  });

  test("a debt is kept while a client is away", async () => {
    const time = clock();
    await using server = await startRelay({ now: time.now, limits: { packetsPerSecond: 4 } });
    const { join, instance } = await import("./support.ts");
    const auth = { clientId: "alice", instance: instance() };
    const [alice, { resume }] = await join(server.url, auth);
    for (let serial = 0; serial < 5; serial++) alice.packet("bob", serial, "text");
    await alice.next("u", (_to: string, code: string) => code === "RATE_LIMITED");
    const away = nextEvent(server.relay, "away");
    alice.cut();
    await away;

    using back = await connect(server.url, "alice", { ...auth, resume });
    back.packet("bob", 5, "text");

    expect(await back.next("u")).toEqual(["bob", "RATE_LIMITED", 5]);
  });
});
