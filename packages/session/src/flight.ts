import type { PathName } from "@peerloom/core";
import type { PacketExtension } from "@peerloom/protocol";
import { Departures, type Departure } from "./departures.ts";
import type { Range } from "./lost-ranges.ts";
import { Probes } from "./probes.ts";

function rangesOf(numbers: readonly number[]): Range[] {
  return numbers.flatMap((from, index): Range[] => (index % 2 === 0 ? [[from, numbers[index + 1] ?? from]] : []));
}

/** What has come between gaps, and the frame behind the last of them, unless that is where the answer to a probe ends. */
function between(gaps: readonly Range[], end: number | undefined): Range[] {
  return gaps.map(([, to], index) => [to, gaps[index + 1]?.[0] ?? (to === end ? to : to + 1)]);
}

/** Which frames are looked at: the oldest unacknowledged and the next new one bound what can be lost. */
interface Bounds {
  readonly base: number;
  readonly next: number;
}

/**
 * What is under way by which path, and what the peer's answers tell of its loss. Each path is first in, first out, so what left by the
 * path of a probe before it has come or is lost once the probe is answered, and what left before an early frame by the early one's path is
 * lost. What left by another path may be under way, unless that path is down.
 */
export class Flight {
  readonly #departures = new Departures();
  readonly #probes = new Probes();

  /** A packet with frames has left. */
  left(departure: Departure): void {
    this.#departures.add(departure);
  }

  /** A question has left. */
  asked(path: PathName, h: number, serial: number): void {
    this.#probes.asked(path, h, serial);
  }

  /** Is an answer still due by this path? */
  isAsked(path: PathName): boolean {
    return this.#probes.isWaiting(path);
  }

  /** Nothing that was asked by this path is answered any more. */
  forget(path: PathName): void {
    this.#probes.forget(path);
  }

  arrived(base: number): void {
    this.#departures.arrived(base);
  }

  /** What packet `serial` carried. */
  carriedBy(serial: number): readonly Departure[] {
    return this.#departures.of(serial);
  }

  /** The frames whose newest packet took another path. */
  besides({ base, next }: Bounds, path: PathName): readonly Range[] {
    return this.#departures.lost(base, next, (departure) => departure.path !== path);
  }

  /** The frames that are lost by what a packet tells that came by `path`. */
  lost(
    { base, next }: Bounds,
    ack: number,
    { e, g }: PacketExtension,
    path: PathName,
    isDown: (path: PathName) => boolean,
  ): readonly Range[] {
    // An answer to no question that is remembered tells as much as one to the newest.
    const asked = e === undefined ? 0 : (this.#probes.answered(path, e) ?? Infinity);
    const gaps = g === undefined ? [[ack, e ?? 0] as const] : rangesOf(g);
    const early = g && this.#departures.carriersOf(between(gaps, e));
    const isLost = (by: Departure): boolean =>
      isDown(by.path) || (by.path === path && by.serial < asked) || by.serial < (early?.get(by.path) ?? 0);
    return gaps.flatMap(([from, to]) => this.#departures.lost(Math.max(from, base), Math.min(to, next), isLost));
  }

  clear(): void {
    this.#departures.clear();
    for (const path of ["relay", "direct"] as const) this.#probes.forget(path);
  }
}
