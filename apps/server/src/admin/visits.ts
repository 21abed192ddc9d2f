import type { Relay } from "@peerloom/server";
import type { Paths } from "./state.ts";

interface Visit {
  readonly sinceMs: number;
  paths: Paths | undefined;
}

type Watched = Pick<Relay, "on" | "onAny">;
type From = { readonly from: string };

const maxCount = 10_000;

/**
 * Since when who is here, and by which paths they say they reach others: the event `paths` to the relay, with `{ direct, relay }`.
 * Holds a row for each client of the relay, and no more.
 */
export class Visits {
  readonly #rows = new Map<string, Visit>();

  constructor(relay: Watched, nowMs: () => number) {
    relay.on("connection", ({ clientId, isResumed }) => {
      if (!isResumed || !this.#rows.has(clientId)) this.#rows.set(clientId, { sinceMs: nowMs(), paths: undefined });
    });
    relay.on("gone", ({ clientId }) => this.#rows.delete(clientId));
    relay.onAny("paths", (value: unknown, { from }: From) => {
      const visit = this.#rows.get(from);
      if (visit !== undefined) visit.paths = parsePaths(value) ?? visit.paths;
    });
  }

  get size(): number {
    return this.#rows.size;
  }

  get(id: string): Readonly<Visit> | undefined {
    return this.#rows.get(id);
  }

  /** Both ends of a pair tell of it. */
  get pairs(): Paths {
    let direct = 0;
    let relay = 0;
    for (const { paths } of this.#rows.values()) {
      direct += paths?.direct ?? 0;
      relay += paths?.relay ?? 0;
    }
    return { direct: Math.round(direct / 2), relay: Math.round(relay / 2) };
  }
}

/** Checks what somebody says of their paths; undefined when it is nonsense. */
export function parsePaths(value: unknown): Paths | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { direct, relay } = value as Readonly<Record<string, unknown>>;
  return isCount(direct) && isCount(relay) ? { direct, relay } : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= maxCount;
}
