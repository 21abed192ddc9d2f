import type { RelayCensus, RelayStats } from "@peerloom/server";
import type { Load } from "../meter.ts";

/** How somebody reaches the others: so many directly, so many by the relay. */
export interface Paths {
  readonly direct: number;
  readonly relay: number;
}

/** Somebody who is connected, as the page shows it. */
export interface Visitor {
  readonly id: string;
  /** What they call themselves; not proven. */
  readonly name: string | undefined;
  readonly state: "here" | "away";
  readonly address: string | undefined;
  /** How long they have been here, in seconds. */
  readonly seconds: number;
  readonly rooms: number;
  readonly services: number;
  readonly subscriptions: number;
  readonly paths: Paths | undefined;
}

/** All that the page shows, at one moment. */
export interface AdminState {
  /** How long the server has been up, in seconds. */
  readonly seconds: number;
  readonly visitors: readonly Visitor[];
  readonly rooms: RelayCensus["rooms"];
  readonly services: RelayCensus["services"];
  readonly topics: RelayCensus["topics"];
  readonly counts: RelayStats;
  /** Front ends that use nothing but plain signaling. */
  readonly plain: number;
  /** Pairs of people, each counted once, by the path they use, as far as they told. */
  readonly paths: Paths;
  readonly load: Load;
  /** Of the last minute, oldest first. */
  readonly history: readonly Pick<Load, "packets" | "cpu">[];
}
