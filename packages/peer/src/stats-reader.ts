import type { Pair } from "./pair/pair.ts";
import { readStats, type PeerStats, type Sample } from "./stats.ts";

/** Asks connections what they did, and remembers what each said last. */
export class StatsReader {
  readonly #now: () => number;
  readonly #last = new WeakMap<RTCPeerConnection, Sample>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** What a pair did over its present connection; undefined when it has none. */
  async read({ pc, roundTripMs, who }: Pair): Promise<PeerStats | undefined> {
    if (pc === undefined) return undefined;
    const report = (await pc.getStats()) as unknown as Iterable<readonly [unknown, unknown]>;
    const [stats, sample] = readStats(who.id, report, { at: this.#now(), last: this.#last.get(pc), roundTripMs });
    this.#last.set(pc, sample);
    return stats;
  }
}
