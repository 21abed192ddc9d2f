import { WIRE } from "@peerloom/protocol";
import type { Range } from "./lost-ranges.ts";

/** Frames of one packet, in the order of their numbers, not yet looked at. */
export interface Arrival {
  readonly first: number;
  readonly frames: readonly unknown[];
  readonly attachments: readonly Uint8Array[];
  /** What holding it costs. */
  readonly bytes: number;
}

const none: readonly Uint8Array[] = [];

/** The receiver's half of the pipe, without I/O and time: drops what it has, holds what is early, hands out the rest in order. */
export class ReceiveWindow {
  readonly #maxEarlyBytes: number;
  #early: Arrival[] = [];
  #earlyBytes = 0;
  #expected = 0;

  constructor(maxEarlyBytes: number) {
    this.#maxEarlyBytes = maxEarlyBytes;
  }

  /** Number of the next frame to hand out: what acknowledgements say. */
  get expected(): number {
    return this.#expected;
  }

  get earlyBytes(): number {
    return this.#earlyBytes;
  }

  /** Has something come early? */
  get hasGap(): boolean {
    return this.#early.length > 0;
  }

  /** Where frames are missing before ones that came early, the lowest first and `WIRE.maxGaps` at most; with `end` also those missing below it. */
  gaps(end = 0): Range[] {
    const gaps: Range[] = [];
    let known = this.#expected;
    for (const { first, frames } of this.#early) {
      if (first > known && gaps.push([known, first]) === WIRE.maxGaps) return gaps;
      known = Math.max(known, first + frames.length);
    }
    if (end > known) gaps.push([known, end]);
    return gaps;
  }

  /**
   * Takes a packet's frames and calls `deliver` for each that is due, in order, each number once. Stops for good when
   * `deliver` returns false. What is early and does not fit is dropped: it is not acknowledged and so will come again.
   */
  accept(arrival: Arrival, deliver: (frame: unknown, attachments: readonly Uint8Array[]) => boolean): boolean {
    if (arrival.first > this.#expected) {
      this.#hold(arrival);
      return true;
    }
    if (!this.#deliver(arrival, deliver)) return false;
    for (let due = this.#shiftDue(); due !== undefined; due = this.#shiftDue()) {
      if (!this.#deliver(due, deliver)) return false;
    }
    return true;
  }

  clear(): void {
    this.#early = [];
    this.#earlyBytes = 0;
  }

  #deliver({ first, frames, attachments }: Arrival, deliver: (frame: unknown, attachments: readonly Uint8Array[]) => boolean): boolean {
    const last = frames.length - 1;
    for (let index = this.#expected - first; index <= last; index++) {
      this.#expected += 1;
      if (!deliver(frames[index], index === last ? attachments : none)) return false;
    }
    return true;
  }

  #hold(arrival: Arrival): void {
    if (arrival.frames.length === 0 || this.#earlyBytes + arrival.bytes > this.#maxEarlyBytes) return;
    const index = this.#early.findIndex((held) => held.first >= arrival.first);
    const held = index === -1 ? undefined : this.#early[index];
    if (held?.first === arrival.first && held.frames.length >= arrival.frames.length) return;
    this.#early.splice(index === -1 ? this.#early.length : index, 0, arrival);
    this.#earlyBytes += arrival.bytes;
  }

  #shiftDue(): Arrival | undefined {
    const [first] = this.#early;
    if (first === undefined || first.first > this.#expected) return undefined;
    this.#early.shift();
    this.#earlyBytes -= first.bytes;
    return first;
  }
}
