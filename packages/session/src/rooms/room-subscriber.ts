import type { Replay } from "./replay.ts";
import type { RoomEvent, RoomPacket } from "./room-packet.ts";

/** What the owner of a subscriber has to do, in this order. */
export type SubscriberEffect =
  /** Hand these to the application. */
  | { readonly do: "deliver"; readonly events: readonly RoomEvent[] }
  /** Tell the application that so many events are lost for good. */
  | { readonly do: "gap"; readonly missed: number }
  /** Ask the publisher for what it sent from this number on; then call `answer`, `retry` or `giveUp`. */
  | { readonly do: "ask"; readonly from: number };

type Held = Pick<RoomPacket, "first" | "next" | "events" | "bytes">;

/**
 * What one member has of one publisher, without I/O and time: delivers each event once and in order, notices gaps, holds what
 * came early, and takes replays in.
 */
export class RoomSubscriber {
  readonly #heldLimit: number;
  readonly #held: Held[] = [];
  #heldBytes = 0;
  /** Number of the next event to deliver. */
  #expected: number;
  /** The number after the last event the publisher is known to have sent. */
  #target: number;
  #isAsking = false;

  constructor(expected: number, heldBytes: number) {
    this.#expected = expected;
    this.#target = expected;
    this.#heldLimit = heldBytes;
  }

  get expected(): number {
    return this.#expected;
  }

  /** True while events are known to be missing. */
  get isBehind(): boolean {
    return this.#expected < this.#target;
  }

  /** The publisher's next number, as the relay remembers it. */
  announce(head: number): SubscriberEffect[] {
    this.#target = Math.max(this.#target, head);
    return this.#asked([]);
  }

  /** Takes a packet that is the next one while nothing is missing, the case of nearly all. @returns whether it was, and is to be delivered. */
  accept({ first, next }: Held): boolean {
    if (first !== this.#expected || next === first || this.#target > next || this.#held.length > 0) return false;
    this.#expected = next;
    this.#target = next;
    return true;
  }

  receive({ first, next, events, bytes }: Held): SubscriberEffect[] {
    if (next <= this.#expected) return [];
    this.#target = Math.max(this.#target, next);
    this.#hold({ first, next, events, bytes });
    return this.#asked(this.#drain());
  }

  /** What came back for the last `ask`. */
  answer({ from, next, events }: Replay): SubscriberEffect[] {
    this.#isAsking = false;
    const before = this.#expected;
    const effects = this.#skipTo(from);
    const end = from + events.length;
    if (end > this.#expected) {
      effects.push({ do: "deliver", events: events.slice(this.#expected - from) });
      this.#expected = end;
    }
    effects.push(...this.#drain());
    if (this.#expected === before) {
      // The publisher has nothing more: whoever told of more was wrong, and what is early follows directly.
      this.#target = Math.max(this.#expected, Math.min(this.#target, next));
      if (this.isBehind || this.#held.length > 0) return this.giveUp();
    }
    return this.#asked(effects);
  }

  /** The last `ask` failed; asks again when that still makes sense. */
  retry(): SubscriberEffect[] {
    this.#isAsking = false;
    return this.#asked([]);
  }

  /** Nobody can replay: what is missing is lost, what is held is delivered. */
  giveUp(): SubscriberEffect[] {
    this.#isAsking = false;
    return this.#skipTo(Math.max(this.#target, this.#held.at(-1)?.next ?? 0));
  }

  /** Moves on to `number`: what is held on the way is delivered, what is not is lost. */
  #skipTo(number: number): SubscriberEffect[] {
    const effects: SubscriberEffect[] = [];
    while (this.#expected < number) {
      const stop = Math.min(number, this.#held[0]?.first ?? number);
      if (stop > this.#expected) effects.push({ do: "gap", missed: stop - this.#expected });
      this.#expected = stop;
      effects.push(...this.#drain());
    }
    this.#target = Math.max(this.#target, this.#expected);
    return effects;
  }

  /** Keeps a packet unless it is over budget or not behind all that is held: then a replay will bring it. */
  #hold(packet: Held): void {
    if (packet.first <= this.#expected) {
      this.#held.unshift(packet);
      this.#heldBytes += packet.bytes;
      return;
    }
    const isBehindAll = packet.first >= (this.#held.at(-1)?.next ?? 0);
    if (packet.events.length === 0 || !isBehindAll || this.#heldBytes + packet.bytes > this.#heldLimit) return;
    this.#held.push(packet);
    this.#heldBytes += packet.bytes;
  }

  /** Delivers what is held and due. */
  #drain(): SubscriberEffect[] {
    const effects: SubscriberEffect[] = [];
    for (let packet = this.#held[0]; packet !== undefined && packet.first <= this.#expected; packet = this.#held[0]) {
      this.#held.shift();
      this.#heldBytes -= packet.bytes;
      if (packet.next <= this.#expected) continue;
      if (packet.events.length > 0) effects.push({ do: "deliver", events: packet.events.slice(this.#expected - packet.first) });
      this.#expected = packet.next;
    }
    this.#target = Math.max(this.#target, this.#expected);
    return effects;
  }

  #asked(effects: SubscriberEffect[]): SubscriberEffect[] {
    if (!this.isBehind || this.#isAsking) return effects;
    this.#isAsking = true;
    return [...effects, { do: "ask", from: this.#expected }];
  }
}
