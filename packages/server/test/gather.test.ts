import { describe, expect, test } from "vitest";
import { connect, startRelay, type RawClient } from "./support.ts";

/** What a client hears, in order: room packets as `room next` (in brackets what came in one event), packets, and notices. */
function hearing(client: RawClient): string[] {
  const heard: string[] = [];
  client.socket.onAny((event: string, ...args: unknown[]) => {
    if (event === "r") heard.push(`${String(args[0])} ${String(args[2])}`);
    if (event === "rs") heard.push(`[${String(args[0])} ${args.filter((_, index) => index >= 2 && index % 2 === 0).join(" ")}]`);
    if (event === "p") heard.push(String(args[1]));
    if (event === "notify") heard.push(String((args[0] as { change: string }).change));
  });
  return heard;
}

/** Alice and Bob, both in two rooms, and what Bob hears. */
async function inRooms(url: string): Promise<{ alice: RawClient; bob: RawClient; heard: string[] }> {
  const alice = await connect(url, "alice");
  const bob = await connect(url, "bob");
  for (const client of [bob, alice]) for (const room of ["lobby", "other"]) await client.ok({ type: "join", room, head: 0 });
  await bob.settled();
  return { alice, bob, heard: hearing(bob) };
}

async function settled({ alice, bob }: { alice: RawClient; bob: RawClient }): Promise<void> {
  await alice.settled();
  await bob.settled();
}

describe("room packets that come together", () => {
  test("go out as one event, in order, and the last is the sender's head", async () => {
    await using server = await startRelay();
    const all = await inRooms(server.url);
    using alice = all.alice;
    using bob = all.bob;

    for (let next = 1; next <= 50; next++) alice.socket.emit("r", "lobby", next, "text");
    await settled(all);

    const numbers = all.heard.join(" ").match(/\d+/g)?.map(Number);
    expect(numbers).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(all.heard.length).toBeLessThan(10);
    expect(await bob.ok({ type: "join", room: "lobby", head: 0 })).toMatchObject({ members: [{ id: "alice", head: 50 }] });
    expect(server.relay.stats()).toMatchObject({ roomPackets: 50, roomBytes: 200 });
  });

  test("are overtaken by nothing else of their sender", async () => {
    await using server = await startRelay();
    const all = await inRooms(server.url);
    using alice = all.alice;
    using _ = all.bob;

    alice.socket.emit("r", "lobby", 1, "text");
    alice.packet("bob", 1, "a packet");
    alice.socket.emit("r", "other", 2, "text");
    alice.socket.emit("r", "lobby", 3, "text");
    alice.socket.emit("r", "lobby", 4, "text", Buffer.from([1]));
    alice.socket.emit("r", "other", 5, "text");
    alice.request({ type: "member", room: "other", metadata: 1 });
    alice.socket.emit("r", "lobby", 6, "text");
    alice.request({ type: "leave", room: "lobby" });
    await settled(all);

    expect(all.heard).toEqual(["lobby 1", "a packet", "other 2", "lobby 3", "lobby 4", "other 5", "update", "lobby 6", "leave"]);
  });

  test("are still sent when the relay ends their sender", async () => {
    await using server = await startRelay({ now: () => 0, limits: { malformedPerMinute: 1 } });
    const all = await inRooms(server.url);
    using alice = all.alice;
    using _ = all.bob;

    alice.socket.emit("r", "lobby", 1, "text");
    for (let count = 0; count < 3; count++) alice.socket.emit("r", "lobby", "malformed", "text");
    alice.socket.emit("r", "lobby", 2, "text");
    await alice.next("disconnect");
    await all.bob.settled();

    expect(all.heard).toEqual(["lobby 1", "leave", "leave"]);
  });

  test("fill an event of 64 KiB and no more", async () => {
    await using server = await startRelay();
    const all = await inRooms(server.url);
    using alice = all.alice;
    using bob = all.bob;
    const sizes: number[] = [];
    bob.socket.on("rs", (_room, _from, ...packets: unknown[]) => {
      sizes.push(packets.reduce((sum: number, part) => sum + (typeof part === "string" ? part.length : 0), 0));
    });

    for (let next = 1; next <= 30; next++) alice.socket.emit("r", "lobby", next, "x".repeat(10_000));
    alice.socket.emit("r", "lobby", 31, "x".repeat(100_000));
    await settled(all);

    const numbers = all.heard.join(" ").match(/\d+/g)?.map(Number);
    expect(numbers).toEqual(Array.from({ length: 31 }, (_, index) => index + 1));
    expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(65_536);
  });

  test("reach a subscription of the relay's own, one by one", async () => {
    await using server = await startRelay();
    using bob = await connect(server.url, "bob");
    await bob.ok({ type: "provide", service: "math" });
    await bob.ok({ type: "publish", service: "math", topic: "ticks", head: 0 });
    const heard: unknown[] = [];
    await server.relay.subscribe("math", "ticks", (tick: unknown) => heard.push(tick));
    await new Promise((resolve) => setImmediate(resolve));
    const { instance } = bob.socket.auth as { instance: string };

    for (let tick = 0; tick < 20; tick++)
      bob.socket.emit("r", "peerloom:4:math:ticks", tick + 1, `[1,"${instance}",${tick},[0,"t",[${tick}]]]`);
    await bob.settled();

    expect(heard).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });
});
