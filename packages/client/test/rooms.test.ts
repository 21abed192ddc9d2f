import { describe, expect, test } from "vitest";
import type { RoomContext, RoomMember } from "../src/index.ts";
import { Inbox, inboxOf, inboxOn } from "./support/events.ts";
import { TestRelay } from "./support/relay.ts";
import { enter, upTo } from "./support/room.ts";

describe("a room", () => {
  test("carries what a member emits to all others, in order, and not back", async () => {
    await using relay = await TestRelay.start();
    const alice = await enter(relay, "alice");
    const bob = await enter(relay, "bob");
    const carol = await enter(relay, "carol");
    const heard = new Inbox<[unknown[], RoomContext]>();
    const own = inboxOn(alice.room, "say");
    for (const { room } of [bob, carol])
      room.on("say", (...args: unknown[]) => heard.push([args.slice(0, -1), args.at(-1) as RoomContext]));
    const bytes = new Uint8Array(3000).fill(3);

    alice.room.emit("say", "hi", undefined, 1);
    alice.room.emit("say", { deep: [bytes] });

    const each = [["hi", undefined, 1], [{ deep: [bytes] }]];
    expect((await heard.takeMany(4)).map(([args]) => args)).toEqual(expect.arrayContaining([...each, ...each]));
    expect(heard.all[0]?.[1]).toEqual({ from: "alice", room: "lobby" });
    expect(own.all).toEqual([]);
  });

  test("tells who is in it, who joins, changes and leaves", async () => {
    await using relay = await TestRelay.start();
    const alice = await enter(relay, "alice");
    const joins = inboxOn<RoomMember>(alice.room, "member:join");
    const updates = inboxOn<RoomMember>(alice.room, "member:update");
    const leaves = inboxOn<RoomMember & { reason?: string }>(alice.room, "member:leave");

    const bob = await enter(relay, "bob");
    const carol = await enter(relay, "carol");
    await joins.takeMany(2);
    const present = [...alice.room.members.keys()];
    await bob.room.setMetadata({ name: "Bobby" });
    const update = await updates.take();
    await bob.room.leave();
    await carol.client.close();

    expect(joins.all).toEqual([
      { id: "bob", instance: bob.client.instance, state: "here", metadata: { name: "bob" } },
      { id: "carol", instance: carol.client.instance, state: "here", metadata: { name: "carol" } },
    ]);
    expect(present).toEqual(["bob", "carol"]);
    expect(update).toMatchObject({ id: "bob", metadata: { name: "Bobby" } });
    expect((await leaves.takeMany(2)).map(({ id, reason }) => [id, reason])).toEqual([
      ["bob", "left"],
      ["carol", "closed"],
    ]);
    expect(alice.room.members.size).toBe(0);
  });

  test("shows a member that joins those that are there", async () => {
    await using relay = await TestRelay.start();
    await enter(relay, "alice");
    const bob = await enter(relay, "bob");

    expect(bob.room.members.get("alice")).toMatchObject({ id: "alice", state: "here", metadata: { name: "alice" } });
    expect(bob.room.members.has("bob")).toBe(false);
    expect(bob.room.metadata).toEqual({ name: "bob" });
  });

  test("is the same however often it is joined, and can be joined anew after leaving", async () => {
    await using relay = await TestRelay.start();
    const alice = await relay.connect("alice");
    const bob = await enter(relay, "bob");
    const inbox = inboxOn<number>(bob.room, "number");

    const [first, second] = await Promise.all([alice.join("lobby"), alice.join("lobby")]);
    first.emit("number", 1);
    await first.leave();
    const third = await alice.join("lobby");
    third.emit("number", 2);

    expect(second).toBe(first);
    expect(third).not.toBe(first);
    expect(await inbox.takeMany(2)).toEqual([1, 2]);
    expect(() => first.emit("number", 3)).toThrow(expect.objectContaining({ code: "CLOSED" }));
    expect(() => first.on("number", () => {})).toThrow(expect.objectContaining({ code: "CLOSED" }));
    expect(first.state).toBe("left");
  });

  test("refuses reserved and bad names and values at the caller", async () => {
    await using relay = await TestRelay.start();
    const { client, room } = await enter(relay, "alice");

    for (const name of ["gap", "closed", "member:join", "member:other", "peerloom:x", ""]) expect(() => room.emit(name)).toThrow(TypeError);
    expect(() => room.emit("say", () => {})).toThrow(TypeError);
    expect(() => room.on("member:other", () => {})).toThrow(TypeError);
    expect(() => room.emit("say", "x".repeat(300_000))).toThrow(expect.objectContaining({ code: "TOO_LARGE" }));
    await expect(client.join("")).rejects.toThrow(TypeError);
    await expect(client.join("other", { history: { events: -1 } })).rejects.toThrow(RangeError);
    await expect(room.setMetadata(undefined as never)).rejects.toThrow(TypeError);
  });

  test("is not entered when the relay forbids it", async () => {
    await using relay = await TestRelay.start({ authorize: (action) => action.type !== "join" || action.room !== "secret" });
    const alice = await relay.connect("alice");

    await expect(alice.join("secret")).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(alice.load.rooms).toBe(0);
    expect((await alice.join("open")).state).toBe("joined");
  });

  test("hands what a handler throws to the client's error event", async () => {
    await using relay = await TestRelay.start();
    const alice = await enter(relay, "alice");
    const bob = await enter(relay, "bob");
    const errors = inboxOf(bob.client, "error");
    bob.room.on("say", () => Promise.reject(new Error("later")));
    bob.room.once("say", () => {
      throw new Error("at once");
    });

    alice.room.emit("say");

    expect((await errors.takeMany(2)).map(({ error, room, from }) => [(error as Error).message, room, from])).toEqual([
      ["at once", "lobby", "alice"],
      ["later", "lobby", "alice"],
    ]);
  });
});

describe("outsiders", () => {
  test("are refused, and told so", async () => {
    await using relay = await TestRelay.start();
    const alice = await enter(relay, "alice");
    const eve = await relay.connect("eve");
    const inbox = inboxOn<string>(alice.room, "say");
    const refused = inboxOf(eve, "undeliverable");

    eve.emitRoom("lobby", "say", "let me in");

    expect(await refused.take()).toMatchObject({ room: "lobby", error: { code: "NOT_A_MEMBER" } });
    expect(inbox.all).toEqual([]);
  });

  test("are heard where the relay allows it", async () => {
    await using relay = await TestRelay.start({ rooms: { allowOutsiders: true } });
    const alice = await enter(relay, "alice");
    const eve = await relay.connect("eve");
    const inbox = inboxOn<number>(alice.room, "number");

    for (const n of upTo(3)) eve.emitRoom("lobby", "number", n);

    expect(await inbox.takeMany(3)).toEqual([0, 1, 2]);
  });

  test("who are members emit like members", async () => {
    await using relay = await TestRelay.start();
    const alice = await enter(relay, "alice");
    const bob = await enter(relay, "bob");
    const inbox = inboxOn<string>(alice.room, "say");

    bob.client.emitRoom("lobby", "say", "hi");

    expect(await inbox.take()).toBe("hi");
  });
});
