import { PeerloomError } from "@peerloom/core";
import type { Card } from "../messages/envelope.ts";

interface Pin {
  readonly sign: string;
  since: number;
  instance: string;
  /** The number of the last it said to the room. */
  said: number;
  hasLeft: boolean;
  /** Pairs with it: while there are some it is not forgotten. */
  holders: number;
}

/**
 * Who bore which id first, for as long as this peer is in the room, and the latest stay of each: what comes of another key is forged, what
 * comes of an earlier stay is a replay. Bounded: the one not heard of for longest is forgotten, unless a pair holds it.
 */
export class Pins {
  readonly #max: number;
  readonly #pins = new Map<string, Pin>();

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#pins.size;
  }

  /**
   * Takes note of a card whose signature holds; `said` is the number of what it says to the room, if it is that.
   *
   * @throws PeerloomError `FORGED` for another key than the first, `STALE` for an earlier stay, one that has left or a number that was there.
   * @throws PeerloomError `LIMIT` when nobody can be forgotten.
   */
  admit(id: string, instance: string, card: Card, said?: number): void {
    const pin = this.#pins.get(id) ?? this.#add(id, instance, card);
    if (pin.sign !== card.sign) throw new PeerloomError("FORGED", `"${id}" is known by another key`);
    const isLater = card.since > pin.since;
    const isSame = card.since === pin.since && instance === pin.instance && !pin.hasLeft;
    if (!isLater && !isSame) throw new PeerloomError("STALE", `a message of an earlier stay of "${id}"`);
    if (isLater) Object.assign(pin, { since: card.since, instance, said: 0, hasLeft: false });
    if (said !== undefined) {
      if (said <= pin.said) throw new PeerloomError("STALE", `message ${said} of "${id}" to the room was here already`);
      pin.said = said;
    }
    this.#pins.delete(id);
    this.#pins.set(id, pin);
  }

  /** Whatever comes of this stay from now on is a replay. */
  leave(id: string): void {
    const pin = this.#pins.get(id);
    if (pin !== undefined) pin.hasLeft = true;
  }

  /** Keeps an id from being forgotten until the returned function is called. */
  hold(id: string): () => void {
    const pin = this.#pins.get(id);
    if (pin === undefined) return () => {};
    pin.holders += 1;
    let isHeld = true;
    return () => {
      if (isHeld) pin.holders -= 1;
      isHeld = false;
    };
  }

  clear(): void {
    this.#pins.clear();
  }

  #add(id: string, instance: string, card: Card): Pin {
    if (this.#pins.size >= this.#max) this.#forgetOne();
    const pin: Pin = { sign: card.sign, since: card.since, instance, said: 0, hasLeft: false, holders: 0 };
    this.#pins.set(id, pin);
    return pin;
  }

  #forgetOne(): void {
    for (const [id, { holders }] of this.#pins)
      if (holders === 0) {
        this.#pins.delete(id);
        return;
      }
    throw new PeerloomError("LIMIT", `more than ${this.#max} peers are known in this room`);
  }
}
