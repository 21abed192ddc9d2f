import { describe, expect, test } from "vitest";
import type { Replay } from "../../src/rooms/replay.ts";
import { RoomSubscriber, type SubscriberEffect } from "../../src/rooms/room-subscriber.ts";

const events = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => ({ name: "say", args: [from + index] }));
const packet = (first: number, next: number, bytes = 10) => ({ first, next, events: events(first, next), bytes });
const replay = (from: number, to: number, next = to): Replay => ({ from, next, events: events(from, to) });

/** Effects, shortened: numbers for what is delivered. */
function brief(effects: readonly SubscriberEffect[]): unknown[] {
  return effects.flatMap((effect): unknown[] => {
    if (effect.do === "deliver") return effect.events.map((event) => event.args[0]);
    return effect.do === "gap" ? [`gap ${effect.missed}`] : [`ask ${effect.from}`];
  });
}

describe("a room subscriber", () => {
  test("delivers what comes in order, once", () => {
    const room = new RoomSubscriber(5, 1000);

    expect(brief(room.receive(packet(5, 8)))).toEqual([5, 6, 7]);
    expect(brief(room.receive(packet(5, 8)))).toEqual([]);
    expect(brief(room.receive(packet(7, 10)))).toEqual([8, 9]);
  });

  test("asks once for a gap, holds what is early and delivers it behind the replay", () => {
    const room = new RoomSubscriber(0, 1000);

    expect(brief(room.receive(packet(3, 5)))).toEqual(["ask 0"]);
    expect(brief(room.receive(packet(5, 6)))).toEqual([]);
    expect(brief(room.answer(replay(0, 3, 6)))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(room.isBehind).toBe(false);
  });

  test("asks when it is only told of more", () => {
    const room = new RoomSubscriber(0, 1000);

    expect(brief(room.announce(2))).toEqual(["ask 0"]);
    expect(brief(room.announce(0))).toEqual([]);
    expect(brief(room.receive(packet(4, 4)))).toEqual([]);
    expect(brief(room.answer(replay(0, 2, 4)))).toEqual([0, 1, "ask 2"]);
    expect(brief(room.answer(replay(2, 4)))).toEqual([2, 3]);
  });

  test("says how much is lost when the history begins later", () => {
    const room = new RoomSubscriber(0, 1000);
    room.announce(10);

    expect(brief(room.answer(replay(7, 10)))).toEqual(["gap 7", 7, 8, 9]);
  });

  test("does not call lost what it holds", () => {
    const room = new RoomSubscriber(0, 1000);
    room.receive(packet(4, 6));

    expect(brief(room.answer(replay(8, 9)))).toEqual(["gap 4", 4, 5, "gap 2", 8]);
  });

  test("drops what it has no budget for and asks for it again", () => {
    const room = new RoomSubscriber(0, 100);
    room.receive(packet(2, 4, 90));
    room.receive(packet(4, 6, 90));

    expect(brief(room.answer(replay(0, 2, 6)))).toEqual([0, 1, 2, 3, "ask 4"]);
    expect(brief(room.answer(replay(4, 6)))).toEqual([4, 5]);
  });

  test("asks again after a failure, and gives up when told so", () => {
    const room = new RoomSubscriber(0, 1000);
    room.receive(packet(2, 4));
    room.announce(7);

    expect(brief(room.retry())).toEqual(["ask 0"]);
    expect(brief(room.giveUp())).toEqual(["gap 2", 2, 3, "gap 3"]);
    expect(brief(room.receive(packet(7, 8)))).toEqual([7]);
  });

  test("believes a publisher that has nothing more", () => {
    const room = new RoomSubscriber(5, 1000);
    room.announce(1_000_000);

    expect(brief(room.answer(replay(5, 5)))).toEqual([]);
    expect(brief(room.receive(packet(5, 6)))).toEqual([5]);
  });

  test("accepts exactly what it would deliver at once, and is then where it would be", () => {
    let seed = 1;
    const below = (limit: number): number => (seed = (seed * 48_271) % 2_147_483_647) % limit;
    let accepted = 0;
    const deliver = (input: ReturnType<typeof packet>): SubscriberEffect[] => {
      accepted += 1;
      return [{ do: "deliver", events: input.events }];
    };
    for (let run = 0; run < 2000; run++) {
      const [room, twin] = [new RoomSubscriber(0, 1000), new RoomSubscriber(0, 1000)];
      for (let turn = 0; turn < 12; turn++) {
        const first = Math.max(0, room.expected - 2 + below(5));
        const input = packet(first, first + below(3), 10);
        const head = below(4) === 0 ? room.expected + below(3) : 0;

        expect(room.announce(head)).toEqual(twin.announce(head));
        expect(room.accept(input) ? deliver(input) : room.receive(input)).toEqual(twin.receive(input));
        const gaveUp = [room, twin].map((side) => (turn % 5 === 4 ? side.giveUp() : []));
        expect(gaveUp[0]).toEqual(gaveUp[1]);
        expect([room.expected, room.isBehind]).toEqual([twin.expected, twin.isBehind]);
      }
    }
    expect(accepted).toBeGreaterThan(1000);
  });

  test("does not ask for ever when the answers bring nothing", () => {
    const room = new RoomSubscriber(0, 1000);
    room.receive(packet(4, 5));

    expect(brief(room.answer(replay(0, 0, 9)))).toEqual(["gap 4", 4]);
  });
});
