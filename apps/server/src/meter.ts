import type { RelayStats } from "@peerloom/server";

/** What the server does, measured over about a second. */
export interface Load {
  /** Of one core, in percent. */
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly clients: number;
  /** Packets forwarded a second, room packets included. */
  readonly packets: number;
  /** Bytes forwarded a second. */
  readonly bytes: number;
}

/** What this process and its relay have done until now. */
export interface Reading {
  readonly cpuMs: number;
  readonly memoryBytes: number;
  /** A clock that never goes back, in milliseconds. */
  readonly nowMs: number;
  readonly stats: Pick<RelayStats, "clients" | "packets" | "roomPackets" | "bytes" | "roomBytes">;
}

/** The load between two readings. */
export function loadBetween(before: Reading, after: Reading): Load {
  const ms = Math.max(1, after.nowMs - before.nowMs);
  const aSecond = (count: (stats: Reading["stats"]) => number): number =>
    Math.round(((count(after.stats) - count(before.stats)) * 1000) / ms);
  return {
    cpu: Math.round(((after.cpuMs - before.cpuMs) * 1000) / ms) / 10,
    memoryMiB: Math.round(after.memoryBytes / 1_048_576),
    clients: after.stats.clients.here,
    packets: aSecond(({ packets, roomPackets }) => packets + roomPackets),
    bytes: aSecond(({ bytes, roomBytes }) => bytes + roomBytes),
  };
}

const historyLength = 60;

/** The load now and in the last minute; `tick` is to be called each second. */
export class Meter {
  readonly #read: () => Reading;
  #last: Reading;
  #history: readonly Load[] = [];

  constructor(read: () => Reading) {
    this.#read = read;
    this.#last = read();
  }

  /** Oldest first, at most 60. */
  get history(): readonly Load[] {
    return this.#history;
  }

  get load(): Load {
    return this.#history.at(-1) ?? loadBetween(this.#last, this.#last);
  }

  tick(): void {
    const next = this.#read();
    this.#history = [...this.#history, loadBetween(this.#last, next)].slice(-historyLength);
    this.#last = next;
  }
}
