import { encodeEvent } from "@peerloom/protocol";
import { expect, test } from "vitest";
import { defaultRoomLimits } from "../../src/rooms/limits.ts";
import { parseRoomPacket } from "../../src/rooms/room-packet.ts";
import { RoomPublisher } from "../../src/rooms/room-publisher.ts";
import { RoomSubscriber, type SubscriberEffect } from "../../src/rooms/room-subscriber.ts";

/** A small generator of pseudo-random numbers in [0, 1): the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

test.each(Array.from({ length: 30 }, (_, seed) => seed))(
  "a path that loses and doubles packets (seed %i) loses and doubles no event",
  (seed) => {
    const random = randomFrom(seed);
    const publisher = new RoomPublisher("instance-a", { ...defaultRoomLimits, historyEvents: 100_000 });
    const subscriber = new RoomSubscriber(0, seed % 2 === 0 ? 500 : 1_048_576);
    const delivered: unknown[] = [];
    const asks: number[] = [];
    const take = (effects: readonly SubscriberEffect[]): void => {
      for (const effect of effects) {
        if (effect.do === "deliver") delivered.push(...effect.events.map((event) => event.args[0]));
        else if (effect.do === "ask") asks.push(effect.from);
        else throw new Error(`a gap of ${effect.missed}`);
      }
    };
    const send = (): void => {
      const batch = publisher.peek() ?? publisher.tail();
      publisher.sent(batch.next);
      const packet = parseRoomPacket(batch.next, batch.packet.text, batch.packet.attachments);
      if (packet === undefined) throw new Error("a malformed packet");
      for (let copies = random() < 0.3 ? 0 : random() < 0.3 ? 2 : 1; copies > 0; copies--) take(subscriber.receive(packet));
    };

    let next = 0;
    for (let turn = 0; turn < 300; turn++) {
      for (let count = Math.floor(random() * 4); count > 0; count--) publisher.push(encodeEvent('"n"', [next++]));
      send();
      const from = random() < 0.4 ? asks.shift() : undefined;
      if (from !== undefined) take(random() < 0.3 ? subscriber.retry() : subscriber.answer(publisher.replay(from)));
    }
    take(subscriber.announce(publisher.head));
    for (let from = asks.shift(); from !== undefined; from = asks.shift()) take(subscriber.answer(publisher.replay(from)));

    expect(delivered).toEqual(Array.from({ length: next }, (_, n) => n));
    expect(subscriber.isBehind).toBe(false);
  },
);
