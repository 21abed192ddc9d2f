import { PeerloomError } from "@peerloom/core";
import { encodeEvent } from "@peerloom/protocol";
import { describe, expect, test } from "vitest";
import { defaultRoomLimits, type RoomLimits } from "../../src/rooms/limits.ts";
import { parseRoomPacket } from "../../src/rooms/room-packet.ts";
import { RoomPublisher } from "../../src/rooms/room-publisher.ts";

const say = (...args: unknown[]) => encodeEvent('"say"', args);

function publisher(limits: Partial<RoomLimits> = {}, start = 0): RoomPublisher {
  return new RoomPublisher("instance-a", { ...defaultRoomLimits, ...limits }, start);
}

/** Sends all that waits and returns the packets. */
function drain(from: RoomPublisher) {
  const packets = [];
  for (let batch = from.peek(); batch !== undefined; batch = from.peek()) {
    packets.push(parseRoomPacket(batch.next, batch.packet.text, batch.packet.attachments));
    from.sent(batch.next);
  }
  return packets;
}

describe("a room publisher", () => {
  test("numbers events and puts what waits into one packet", () => {
    const room = publisher({}, 10);
    for (const text of ["a", "b", "c"]) room.push(say(text));

    const packets = drain(room);

    expect(packets).toMatchObject([{ first: 10, next: 13, events: [{ args: ["a"] }, { args: ["b"] }, { args: ["c"] }] }]);
    expect(room.head).toBe(13);
    expect(room.queuedBytes).toBe(0);
  });

  test("cuts packets at 64 KiB and after a frame with binaries", () => {
    const room = publisher();
    room.push(say(new Uint8Array(2000)));
    room.push(say("x".repeat(40_000)));
    room.push(say("x".repeat(40_000)));

    expect(drain(room).map((packet) => packet?.events.length)).toEqual([1, 1, 1]);
  });

  test("keeps what was not sent in the queue", () => {
    const room = publisher();
    room.push(say(1));

    room.peek();

    expect(room.hasQueued).toBe(true);
    expect(room.head).toBe(0);
    expect(drain(room)).toHaveLength(1);
  });

  test("copies binaries, so that a reused buffer changes nothing", () => {
    const room = publisher();
    const buffer = new Uint8Array(2000).fill(1);
    room.push(say(buffer));
    drain(room);

    buffer.fill(2);

    expect(room.replay(0).events[0]?.args).toEqual([new Uint8Array(2000).fill(1)]);
  });

  test("says false over the high-water mark and throws OVERFLOW over the limit", () => {
    const room = publisher({ highWaterBytes: 1000, maxQueuedBytes: 2000 });

    const answers = [room.push(say("x".repeat(700))), room.push(say("x".repeat(700)))];

    expect(answers).toEqual([true, false]);
    expect(() => room.push(say("x".repeat(700)))).toThrow(expect.objectContaining({ code: "OVERFLOW" }));
    expect(drain(room)).toHaveLength(1);
    expect(room.push(say("x".repeat(700)))).toBe(true);
  });

  test("refuses an event that fits into no packet", () => {
    const room = publisher();
    room.maxPacketBytes = 70_000;

    expect(() => room.push(say("ä".repeat(40_000)))).toThrow(PeerloomError);
    expect(() => room.push(say(...Array.from({ length: 9 }, () => new Uint8Array(2000))))).toThrow(
      expect.objectContaining({ code: "TOO_LARGE" }),
    );
    expect(room.push(say("a".repeat(68_000)))).toBe(true);
  });

  test("replays its history a packet at a time", () => {
    const room = publisher();
    for (let number = 0; number < 100; number++) room.push(say(number, "x".repeat(2000)));
    drain(room);

    const first = room.replay(10);
    const second = room.replay(10 + first.events.length);

    expect(first).toMatchObject({ from: 10, next: 100 });
    expect(first.events[0]?.args[0]).toBe(10);
    expect(first.events.length).toBeGreaterThan(20);
    expect(second.events[0]?.args[0]).toBe(10 + first.events.length);
    expect(room.replay(100)).toEqual({ from: 100, next: 100, events: [] });
  });

  test.each([
    [{ historyEvents: 10 }, 90],
    [{ historyBytes: 5 * 2085 }, 95],
  ])("keeps no more than %o and says where its history begins", (limits, begin) => {
    const room = publisher(limits);
    for (let number = 0; number < 100; number++) room.push(say("x".repeat(2000)));
    drain(room);

    expect(room.replay(0).from).toBe(begin);
    expect(room.bytes).toBeLessThanOrEqual(100 * 2085);
  });

  test("keeps nothing after forget and clear", () => {
    const room = publisher();
    for (let number = 0; number < 3; number++) room.push(say(number));
    drain(room);
    room.push(say(3));

    room.forget();

    expect(room.replay(0)).toEqual({ from: 3, next: 3, events: [] });
    expect(room.clear()).toBe(1);
    expect([room.bytes, room.head]).toEqual([0, 4]);
  });
});
