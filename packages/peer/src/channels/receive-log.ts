import { WIRE_LIMITS } from "./wire.ts";

/** What to do with a packet. */
export type Arrival = "handle" | "duplicate" | "gap" | "far";

/** Knows which numbered packets have come, so that one that is sent again is handled once. */
export class ReceiveLog {
  readonly #isOrdered: boolean;
  /** Packets beyond the first gap. */
  readonly #early = new Set<number>();
  #received = 0;

  constructor(isOrdered: boolean) {
    this.#isOrdered = isOrdered;
  }

  /** Everything up to this number has come. */
  get received(): number {
    return this.#received;
  }

  take(number: number): Arrival {
    if (number <= this.#received || this.#early.has(number)) return "duplicate";
    if (number === this.#received + 1) {
      this.#received += 1;
      while (this.#early.delete(this.#received + 1)) this.#received += 1;
      return "handle";
    }
    if (this.#isOrdered) return "gap";
    if (number > this.#received + WIRE_LIMITS.maxPackets) return "far";
    this.#early.add(number);
    return "handle";
  }
}
