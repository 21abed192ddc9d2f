import { describe, expect, test } from "vitest";
import { connect, instance, join, liveSocket, nextEvent, startRelay, type RawClient } from "./support.ts";

const enter = (client: RawClient, room = "lobby", more: object = {}): Promise<unknown> =>
  client.ok({ type: "join", room, head: 0, ...more });

describe("membership", () => {
  test("a newcomer is told who is there, and the others are told about it", async () => {
    await using server = await startRelay();
    const auth = { clientId: "alice", instance: instance() };
    const [alice] = await join(server.url, auth);
    using _ = alice;
    using bob = await connect(server.url, "bob");

    expect(await enter(alice, "lobby", { head: 4, metadata: { color: "red" } })).toEqual({ members: [] });
    const seen = await enter(bob);
    const notice = await alice.notice("member");

    expect(seen).toEqual({ members: [{ id: "alice", instance: auth.instance, state: "here", head: 4, metadata: { color: "red" } }] });
    expect(notice).toMatchObject({ room: "lobby", change: "join", member: { id: "bob", state: "here", head: 0 } });
    expect(server.relay.stats().rooms).toBe(1);
  });

  test("joining again changes head and metadata, and is told when it does", async () => {
    await using server = await startRelay();
    using alice = await connect(server.url, "alice");
    using bob = await connect(server.url, "bob");
    await enter(alice);
    await enter(bob);

    await enter(alice);
    await enter(alice, "lobby", { head: 9, metadata: 1 });

    expect(await bob.notice("member")).toMatchObject({ change: "update", member: { id: "alice", head: 9, metadata: 1 } });
    expect(bob.count("notify")).toBe(0);
  });

  test("leaving is told, and leaving again does nothing", async () => {
    await using server = await startRelay();
    using alice = await connect(server.url, "alice");
    using bob = await connect(server.url, "bob");
    await enter(alice);
    await enter(bob);

    await bob.ok({ type: "leave", room: "lobby" });
    await bob.ok({ type: "leave", room: "lobby" });
    await bob.ok({ type: "leave", room: "never seen" });
    alice.socket.emit("r", "lobby", 1, "text");
    await alice.settled();

    expect(await alice.next("notify", ({ change }: { change: string }) => change === "leave")).toMatchObject([
      { member: { id: "bob" }, reason: "left" },
    ]);
    expect(bob.count("r")).toBe(0);
    await alice.ok({ type: "leave", room: "lobby" });
    expect(server.relay.stats().rooms).toBe(0);
  });

  test("a member that loses its socket is away, then gone", async () => {
    await using server = await startRelay({ sessionTimeoutMs: 30 });
    using alice = await connect(server.url, "alice");
    const bob = await connect(server.url, "bob");
    await enter(alice);
    await enter(bob);
    await alice.notice("member");

    bob.cut();

    expect(await alice.notice("member")).toMatchObject({ change: "update", member: { id: "bob", state: "away" } });
    expect(await alice.notice("member")).toMatchObject({ change: "leave", reason: "timeout", member: { id: "bob" } });
    expect(await enter(alice)).toEqual({ members: [] });
  });

  test("a member replaces its metadata in one room only", async () => {
    await using server = await startRelay();
    using alice = await connect(server.url, "alice");
    using bob = await connect(server.url, "bob");
    await enter(alice);
    await enter(bob);

    await bob.ok({ type: "member", room: "lobby", metadata: "busy" });

    await alice.notice("member");
    expect(await alice.notice("member")).toMatchObject({ change: "update", member: { id: "bob", metadata: "busy" } });
    expect(await bob.code({ type: "member", room: "other", metadata: 1 })).toBe("NOT_A_MEMBER");
    expect(await bob.code({ type: "member", room: "lobby", metadata: "x".repeat(5000) })).toBe("TOO_LARGE");
  });

  test("rooms a client, members a room, and the length of a name are limited", async () => {
    await using server = await startRelay({ limits: { roomsPerClient: 2, membersPerRoom: 1, nameBytes: 5 } });
    using alice = await connect(server.url, "alice");
    using bob = await connect(server.url, "bob");
    await enter(alice, "one");
    await enter(alice, "two");
    await enter(alice, "two");

    expect(await alice.code({ type: "join", room: "three", head: 0 })).toBe("LIMIT");
    expect(await bob.code({ type: "join", room: "one", head: 0 })).toBe("LIMIT");
    expect(await bob.code({ type: "join", room: "longer", head: 0 })).toBe("TOO_LARGE");
  });
});

describe("room packets", () => {
  test("go to the other members once, with sender and number, attachments included", async () => {
    await using server = await startRelay();
    using alice = await connect(server.url, "alice");
    using bob = await connect(server.url, "bob");
    using carol = await connect(server.url, "carol");
    for (const client of [alice, bob, carol]) await enter(client);

    alice.socket.emit("r", "lobby", 3, "text", Buffer.from([1]));

    expect(await bob.next("r")).toEqual(["lobby", "alice", 3, "text", Buffer.from([1])]);
    expect(await carol.next("r")).toEqual(["lobby", "alice", 3, "text", Buffer.from([1])]);
    await alice.settled();
    expect(alice.count("r")).toBe(0);
    expect(await enter(bob)).toMatchObject({
      members: [
        { id: "alice", head: 3 },
        { id: "carol", head: 0 },
      ],
    });
    expect(server.relay.stats()).toMatchObject({ roomPackets: 1, roomBytes: 5 });
  });

  test("of outsiders are refused", async () => {
    await using server = await startRelay();
    using alice = await connect(server.url, "alice");
    using bob = await connect(server.url, "bob");
    await enter(bob);

    alice.socket.emit("r", "lobby", 1, "text");

    const message = expect.any(String) as string;
    expect(await alice.notice("room-refused")).toEqual({ type: "room-refused", room: "lobby", code: "NOT_A_MEMBER", message });
  });

  test("of outsiders pass when the relay allows them", async () => {
    await using server = await startRelay({ rooms: { allowOutsiders: true } });
    using alice = await connect(server.url, "alice");
    using bob = await connect(server.url, "bob");
    await enter(bob);

    alice.socket.emit("r", "lobby", 1, "text");
    alice.socket.emit("r", "nowhere", 1, "text");

    expect(await bob.next("r")).toEqual(["lobby", "alice", 1, "text"]);
  });

  test.each<[string, string, unknown[]]>([
    ["too large", "TOO_LARGE", ["lobby", 1, "x".repeat(2001)]],
    ["without a number", "BAD_PACKET", ["lobby", "1", "text"]],
    ["with an object for an attachment", "BAD_PACKET", ["lobby", 1, "text", {}]],
  ])("%s are refused with %s", async (_name, code, args) => {
    await using server = await startRelay({ limits: { packetBytes: 2000 } });
    using alice = await connect(server.url, "alice");
    await enter(alice);

    alice.socket.emit("r", ...args);

    expect(await alice.notice("room-refused")).toMatchObject({ room: "lobby", code });
  });

  test("multiplied by their receivers have a rate of their own", async () => {
    await using server = await startRelay({ now: () => 0, limits: { fanoutBytesPerSecond: 3000 } });
    using alice = await connect(server.url, "alice");
    using bob = await connect(server.url, "bob");
    await enter(alice);
    await enter(bob);

    alice.socket.emit("r", "lobby", 1, "x".repeat(2000));
    alice.socket.emit("r", "lobby", 2, "x");

    expect(await alice.notice("room-refused")).toMatchObject({ code: "RATE_LIMITED" });
    expect((await bob.next("r"))[2]).toBe(1);
  });

  test("no user's room is one of the relay's own", async () => {
    await using server = await startRelay();
    using alice = await connect(server.url, "alice");
    using bob = await connect(server.url, "bob");
    const socket = liveSocket(server.relay, "bob");
    for (const room of ["slow", socket.id, "room:lobby"]) await enter(alice, room);
    await enter(bob, "lobby");

    for (const room of ["slow", socket.id, "room:lobby"]) alice.socket.emit("r", room, 1, "text");
    await alice.settled();
    await bob.settled();

    expect(bob.count("r")).toBe(0);
  });
});

describe("authorize", () => {
  test("decides over joining, and may take its time", async () => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<boolean>();
    await using server = await startRelay({
      authorize: (action) => {
        if (action.type !== "join") return true;
        asked.resolve();
        return action.room === "closed" ? Promise.resolve(false) : answer.promise;
      },
    });
    using alice = await connect(server.url, "alice");

    expect(await alice.code({ type: "join", room: "closed", head: 0 })).toBe("FORBIDDEN");
    const joined = enter(alice, "open");
    answer.resolve(true);

    expect(await joined).toEqual({ members: [] });
  });

  test("a room that was left before it was entered stays left", async () => {
    const answer = Promise.withResolvers<boolean>();
    await using server = await startRelay({ authorize: () => answer.promise });
    using alice = await connect(server.url, "alice");

    const joined = alice.code({ type: "join", room: "lobby", head: 0 });
    await alice.ok({ type: "leave", room: "lobby" });
    answer.resolve(true);

    expect(await joined).toBe("ABORTED");
    expect(server.relay.stats().rooms).toBe(0);
  });

  test("decides over each room packet", async () => {
    await using server = await startRelay({ authorize: ({ type }) => type !== "room-packet" });
    using alice = await connect(server.url, "alice");
    await enter(alice);
    const refused = nextEvent(server.relay, "refused");

    alice.socket.emit("r", "lobby", 1, "text");

    expect(await alice.notice("room-refused")).toMatchObject({ code: "FORBIDDEN" });
    expect(await refused).toEqual({ where: "room-packet", code: "FORBIDDEN", clientId: "alice" });
  });
});
