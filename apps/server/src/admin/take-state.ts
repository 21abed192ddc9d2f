import type { ClientCensus, Relay } from "@peerloom/server";
import type { Meter } from "../meter.ts";
import type { AdminState, Visitor } from "./state.ts";
import type { Visits } from "./visits.ts";

/** Rows of each table; the counts beside them are whole. */
const maxRows = 200;
const maxNameLength = 64;

export interface Sources {
  readonly relay: Pick<Relay, "stats" | "census" | "plainSignaling">;
  readonly meter: Meter;
  readonly visits: Visits;
  /** A clock in milliseconds that never goes back, and what it told when the server started. */
  readonly nowMs: () => number;
  readonly startMs: number;
}

/** Looks at everything that the page shows. */
export function takeState({ relay, meter, visits, nowMs, startMs }: Sources): AdminState {
  const { clients, rooms, services, topics } = relay.census(maxRows);
  const now = nowMs();
  const toVisitor = (client: ClientCensus): Visitor => {
    const { id, state, address, metadata, paths } = client;
    return {
      id,
      name: nameIn(metadata),
      state,
      address,
      seconds: Math.round((now - (visits.since(id) ?? now)) / 1000),
      rooms: client.rooms,
      services: client.services,
      subscriptions: client.subscriptions,
      paths,
    };
  };
  return {
    seconds: Math.round((now - startMs) / 1000),
    visitors: clients.map(toVisitor),
    rooms,
    services,
    topics,
    counts: relay.stats(),
    plain: relay.plainSignaling?.peers.length ?? 0,
    load: meter.load,
    history: meter.history.map(({ packets, cpu }) => ({ packets, cpu })),
  };
}

function nameIn(metadata: unknown): string | undefined {
  const name: unknown = typeof metadata === "object" && metadata !== null ? Reflect.get(metadata, "name") : undefined;
  return typeof name === "string" ? name.slice(0, maxNameLength) : undefined;
}
