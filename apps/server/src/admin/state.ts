import type { ClientCensus, RelayCensus, RelayStats } from "@peerloom/server";
import type { Load } from "../meter.ts";

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
  readonly paths: ClientCensus["paths"];
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
  readonly load: Load;
  /** Of the last minute, oldest first. */
  readonly history: readonly Pick<Load, "packets" | "cpu">[];
}
