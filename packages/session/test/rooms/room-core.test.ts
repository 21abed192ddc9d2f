import { PeerloomError, type Packet } from "@peerloom/core";
import { encodeEvent, type Member } from "@peerloom/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { RoomCore } from "../../src/rooms/room-core.ts";
import type { RoomHost } from "../../src/rooms/room-host.ts";
import { encodeRoomPacket, parseRoomPacket } from "../../src/rooms/room-packet.ts";
import { Room } from "../../src/rooms/room.ts";

const bob: Member = { id: "bob", instance: "bob-instance", state: "here", head: 0 };

/** A client that keeps what a room asks of it. */
class FakeHost implements RoomHost {
  readonly instance = "alice-instance";
  readonly sessionTimeoutMs = 5000;
  isWritable = true;
  /** What the next replay requests resolve to; a function is called with what was asked. */
  replay: (from: number) => Promise<unknown> = () => Promise.reject(new PeerloomError("TIMEOUT", "no answer"));
  readonly sent: { readonly next: number; readonly packet: Packet }[] = [];
  readonly asked: (readonly [string, string, number])[] = [];
  readonly log: string[] = [];
  readonly defer = (run: () => void): void => queueMicrotask(run);

  send(_: string, next: number, packet: Packet): boolean {
    if (this.isWritable) this.sent.push({ next, packet });
    return this.isWritable;
  }
  askReplay(_: string, args: readonly [string, string, number]): Promise<unknown> {
    this.asked.push(args);
    return this.replay(args[2]);
  }
  async setMetadata(): Promise<void> {
    throw new PeerloomError("TOO_LARGE", "too large");
  }
  async leave(room: string): Promise<void> {
    this.log.push(`leave ${room}`);
  }
  rejoin(room: string): void {
    this.log.push(`rejoin ${room}`);
  }
  handlerFailed({ error }: { readonly error: unknown }): void {
    this.log.push(`failed: ${String(error)}`);
  }
  undeliverable(_: string, count: number, { code }: PeerloomError): void {
    this.log.push(`undeliverable ${count} ${code}`);
  }
  malformed(what: string): void {
    this.log.push(`malformed ${what}`);
  }
}

async function enter(): Promise<{ host: FakeHost; core: RoomCore; room: Room; heard: unknown[] }> {
  const host = new FakeHost();
  const core = new RoomCore({ name: "lobby", host });
  const room = new Room(core);
  core.joined([bob]);
  const heard: unknown[] = [];
  room.on("say", (value: unknown) => heard.push(value));
  room.on("gap", ({ missed }) => heard.push(`gap ${missed}`));
  room.on("member:leave", ({ id, reason }) => heard.push(`${id} left: ${reason}`));
  await vi.advanceTimersByTimeAsync(0);
  return { host, core, room, heard };
}

/** Lets the room hear events `first`… of bob. */
function hear(core: RoomCore, first: number, ...values: unknown[]): void {
  const frames = values.map((value) => encodeEvent('"say"', [value]));
  const { text, attachments } = encodeRoomPacket("bob-instance", first, frames);
  core.receive("bob", first + values.length, text, attachments);
}

const replayOf = (from: number, ...values: unknown[]) => ({
  from,
  next: from + values.length,
  events: values.map((value) => ["say", value]),
});

describe("a room", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("sends what is emitted in one turn in one packet, and its number again after a second of silence", async () => {
    const { host, room } = await enter();

    room.emit("say", 1);
    room.emit("say", 2);
    await vi.advanceTimersByTimeAsync(999);
    const packets = host.sent.length;
    await vi.advanceTimersByTimeAsync(1001);

    expect(packets).toBe(1);
    expect(host.sent.map(({ next, packet }) => parseRoomPacket(next, packet.text, packet.attachments)?.events.length)).toEqual([2, 0]);
    expect(host.sent[1]?.next).toBe(2);
    await room.leave();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("keeps what the transport does not take, and sends it when told", async () => {
    const { host, core, room } = await enter();
    host.isWritable = false;
    room.emit("say", 1);
    await vi.advanceTimersByTimeAsync(0);

    host.isWritable = true;
    core.writable();

    expect(host.sent).toHaveLength(1);
    await room.leave();
  });

  test("asks again for what it missed until it gets it", async () => {
    const { host, core, room, heard } = await enter();

    hear(core, 2, "c");
    await vi.advanceTimersByTimeAsync(100);
    host.replay = () => Promise.resolve(replayOf(0, "a", "b"));
    await vi.advanceTimersByTimeAsync(200);

    expect(heard).toEqual(["a", "b", "c"]);
    expect(host.asked).toEqual([
      ["lobby", "bob-instance", 0],
      ["lobby", "bob-instance", 0],
    ]);
    await room.leave();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("gives up on a publisher that does not answer for the session timeout", async () => {
    const { core, room, heard } = await enter();

    hear(core, 2, "c");
    await vi.advanceTimersByTimeAsync(30_000);
    hear(core, 3, "d");

    expect(heard).toEqual(["gap 2", "c", "d"]);
    expect(vi.getTimerCount()).toBe(0);
    await room.leave();
  });

  test("takes a malformed answer for none", async () => {
    const { host, core, room, heard } = await enter();
    host.replay = () => Promise.resolve({ from: 0, next: 1, events: [["peerloom:replay"]] });

    hear(core, 1, "b");
    await vi.advanceTimersByTimeAsync(0);
    host.replay = () => Promise.resolve(replayOf(0, "a"));
    await vi.advanceTimersByTimeAsync(300);

    expect(host.log).toEqual(["malformed replay"]);
    expect(heard).toEqual(["a", "b"]);
    await room.leave();
  });

  test("stops asking a member that leaves, and tells what is lost with it", async () => {
    const { core, room, heard } = await enter();
    hear(core, 1, "b");
    await vi.advanceTimersByTimeAsync(0);

    core.notice("leave", { ...bob, head: 3 }, "closed");
    await vi.advanceTimersByTimeAsync(60_000);

    expect(heard).toEqual(["gap 1", "b", "gap 1", "bob left: closed"]);
    expect(vi.getTimerCount()).toBe(0);
    await room.leave();
  });

  test("waits for a member that a restarted relay does not list, but not while it is cut off itself", async () => {
    const { core, room, heard } = await enter();

    core.joined([]);
    await vi.advanceTimersByTimeAsync(4999);
    core.detached();
    await vi.advanceTimersByTimeAsync(60_000);
    core.joined([]);
    await vi.advanceTimersByTimeAsync(4999);
    const before = [...heard];
    await vi.advanceTimersByTimeAsync(1);

    expect(before).toEqual([]);
    expect(heard).toEqual(["bob left: timeout"]);
    await room.leave();
  });

  test("rests when the relay has no room, joins again when it is no member, forgets what is forbidden", async () => {
    const { host, core, room } = await enter();
    room.emit("say", 1);
    await vi.advanceTimersByTimeAsync(0);

    core.refused("RATE_LIMITED", "slowly");
    room.emit("say", 2);
    await vi.advanceTimersByTimeAsync(100);
    const whileResting = host.sent.length;
    await vi.advanceTimersByTimeAsync(100);
    const after = host.sent.length;
    const kept = core.replay("bob", "alice-instance", 0);
    core.refused("FORBIDDEN", "no");
    const left = core.replay("bob", "alice-instance", 0);
    core.refused("NOT_A_MEMBER", "who?");

    expect([whileResting, after]).toEqual([1, 2]);
    expect([kept.from, kept.events.length, left.from, left.events.length]).toEqual([0, 2, 2, 0]);
    expect(host.log).toEqual(["undeliverable 1 FORBIDDEN", "rejoin lobby"]);
    expect(room.state).toBe("offline");
    await room.leave();
  });

  test("replays only to members, and only as the instance it is", async () => {
    const { core, room } = await enter();

    expect(() => core.replay("eve", "alice-instance", 0)).toThrow(expect.objectContaining({ code: "NOT_A_MEMBER" }));
    expect(() => core.replay("bob", "alice-before", 0)).toThrow(expect.objectContaining({ code: "PEER_RESTARTED" }));
    await room.leave();
  });

  test("onAny hears every event of members, by its name, and stops with its signal, by itself, or with the room", async () => {
    const { host, core, room, heard } = await enter();
    const life = new AbortController();
    const all: unknown[] = [];
    room.onAny((event, ...args: unknown[]) => all.push([event, ...args]), { signal: life.signal });
    const off = room.onAny(() => {
      throw new Error("a defect");
    });

    hear(core, 0, "one");
    off();
    hear(core, 1, "two");
    life.abort();
    room.onAny(() => all.push("never"), { signal: life.signal });
    hear(core, 2, "three");
    await room.leave();

    const context = { from: "bob", room: "lobby" };
    expect(all).toEqual([
      ["say", "one", context],
      ["say", "two", context],
    ]);
    expect(heard).toEqual(["one", "two", "three"]);
    expect(host.log).toEqual(["failed: Error: a defect", "leave lobby"]);
    expect(core.catchAll.size).toBe(0);
    expect(() => room.onAny(undefined as never)).toThrow("left");
  });

  test("drops what only a room itself may tell", async () => {
    const { host, core, room, heard } = await enter();
    const { text } = encodeRoomPacket("bob-instance", 0, [
      encodeEvent('"gap"', [{ from: "bob", missed: 5 }]),
      encodeEvent('"member:join"', [{}]),
    ]);

    core.receive("bob", 2, text, []);

    expect(heard).toEqual([]);
    expect(host.log).toEqual(["malformed room event", "malformed room event"]);
    await room.leave();
  });

  test("tells on leaving what it had not sent, and hears nothing any more", async () => {
    const { host, core, room, heard } = await enter();
    host.isWritable = false;
    room.emit("say", 1);
    const drained = room.drained();

    await room.leave();
    hear(core, 0, "late");

    expect(await drained).toBeUndefined();
    expect(host.log).toEqual(["undeliverable 1 CLOSED", "leave lobby"]);
    expect(heard).toEqual([]);
    expect(room.members.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("keeps its metadata when the relay refuses new one", async () => {
    const { room } = await enter();

    await expect(room.setMetadata("new")).rejects.toMatchObject({ code: "TOO_LARGE" });
    expect(room.metadata).toBeUndefined();
    await room.leave();
  });
});
