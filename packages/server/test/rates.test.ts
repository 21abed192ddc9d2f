import { describe, expect, test, vi } from "vitest";
import { joinRaw, maskedFrame, opcodes } from "./raw-socket.ts";
import { connect, instance, join, nextEvent, startRelay } from "./support.ts";

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

  test("who goes on ten times over is closed for good, where it cannot be left unread", async () => {
    const time = clock();
    await using server = await startRelay({ now: time.now, limits: { packetsPerSecond: 10 } });
    const [alice] = await join(server.url, { clientId: "alice" }, { transports: ["polling"] });
    const gone = nextEvent(server.relay, "gone");

    for (let serial = 0; serial < 200; serial++) alice.packet("alice", serial, "text");

    expect(await alice.next("bye")).toMatchObject([{ code: "RATE_LIMITED" }]);
    expect(await gone).toMatchObject({ clientId: "alice", reason: "closed" });
    expect(server.relay.stats()).toMatchObject({ dismissed: { RATE_LIMITED: 1 } });
    alice[Symbol.dispose]();
  });

  test("a WebSocket over which more comes than may is not read until it may go on, and then nothing is lost", async () => {
    const time = clock();
    await using server = await startRelay({ now: time.now, limits: { packetsPerSecond: 100, packetBytes: 1024 } });
    using alice = await connect(server.url, "alice");
    using bob = await connect(server.url, "bob");
    const packets = 20_000;

    for (let serial = 0; serial < packets; serial++) alice.packet("bob", serial, "x".repeat(1000));
    await alice.next("u");
    await bob.settled();
    const read = (): number => server.relay.stats().packets + (server.relay.stats().refused["RATE_LIMITED"] ?? 0);
    // What had been read already goes on for a moment; then nothing moves while time stands still.
    await vi.waitFor(async () => {
      const before = read();
      for (let turn = 0; turn < 5; turn++) await bob.settled();
      expect(read()).toBe(before);
    });
    expect(read()).toBeLessThan(packets);

    const going = setInterval(() => (time.at += 60_000), 1);
    await vi.waitFor(() => expect(read()).toBe(packets), { timeout: 20_000 });
    clearInterval(going);
    expect(server.relay.stats().dismissed).toEqual({});
    expect(await alice.ok({ type: "lookup", id: "bob" })).toMatchObject({ state: "here" });
  }, 30_000);

  test("a client that goes on over its rate is not heard further, also of what has been read already", async () => {
    const time = clock();
    await using server = await startRelay({ now: time.now, limits: { packetsPerSecond: 100 } });
    using bob = await connect(server.url, "bob");
    using raw = await joinRaw(server.url, "alice", instance());
    const read = (): number => server.relay.stats().packets + (server.relay.stats().refused["RATE_LIMITED"] ?? 0);

    raw.write(Buffer.concat(Array.from({ length: 1000 }, (_, n) => maskedFrame(opcodes.text, `42/peerloom,["p","bob",${n},"${n}"]`))));
    await raw.saw("RATE_LIMITED");
    for (let turn = 0; turn < 20; turn++) await bob.settled();

    // What it may, what it is refused before it is held, and what was under way in this turn then.
    expect(read()).toBeLessThan(100 + 16 + 64);
    const going = setInterval(() => (time.at += 60_000), 1);
    await vi.waitFor(() => expect(read()).toBe(1000), { timeout: 20_000 });
    clearInterval(going);
    expect(server.relay.stats()).toMatchObject({ dismissed: {}, clients: { here: 2 } });
  }, 30_000);

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

  test("a debt is kept when a client comes back", async () => {
    const time = clock();
    await using server = await startRelay({ now: time.now, limits: { packetsPerSecond: 4 } });
    const auth = { clientId: "alice", instance: instance() };
    const [alice, { resume }] = await join(server.url, auth);
    using bob = await connect(server.url, "bob");
    for (let serial = 0; serial < 5; serial++) alice.packet("bob", serial, "text");
    await alice.next("u", (_to: string, code: string) => code === "RATE_LIMITED");
    alice.cut();

    using back = await connect(server.url, "alice", { ...auth, resume });
    back.packet("bob", 5, "text");

    expect(await back.next("u")).toEqual(["bob", "RATE_LIMITED", 5]);
    await bob.settled();
  });
});
