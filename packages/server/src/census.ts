import type { Metadata, TopicName } from "@peerloom/protocol";
import type { Client } from "./client.ts";
import type { Core } from "./core.ts";
import type { ToldPaths } from "./told-paths.ts";
import { subscriberCount } from "./topics.ts";

/** A client as its operator sees it. */
export interface ClientCensus {
  readonly id: string;
  readonly state: "here" | "away";
  readonly metadata: Metadata | undefined;
  /** Where its socket comes from, as far as trusted proxies tell; undefined while it has none. */
  readonly address: string | undefined;
  readonly rooms: number;
  /** Services it provides. */
  readonly services: number;
  readonly subscriptions: number;
  /** Its peers by path, as it tells; undefined when it takes no direct paths. */
  readonly paths: ToldPaths | undefined;
}

/** Who and what is on a relay at one moment. Each list is cut at the limit that was asked for; `RelayStats` has the whole numbers. */
export interface RelayCensus {
  /** Those that came first are first. */
  readonly clients: readonly ClientCensus[];
  readonly rooms: readonly { readonly name: string; readonly members: number }[];
  readonly services: readonly { readonly name: string; readonly providers: number }[];
  readonly topics: readonly (TopicName & { readonly publishers: number; readonly subscribers: number })[];
}

/** Looks at everything once, and copies what is told: nothing in it changes later. */
export function takeCensus({ registry, rooms, services, topics }: Core, limit: number): RelayCensus {
  return {
    clients: first(registry.values(), limit).map(censusOf),
    rooms: first(rooms.values(), limit).map(({ name, members }) => ({ name, members: members.size })),
    services: services.list("", limit).map(({ service, providers }) => ({ name: service, providers })),
    topics: first(topics.values(), limit).map((topic) => ({
      ...topic.name,
      publishers: topic.publishers.size,
      subscribers: subscriberCount(topic),
    })),
  };
}

function censusOf({ id, state, metadata, link, rooms, provides, subscribes, paths }: Client): ClientCensus {
  return {
    id,
    state,
    metadata,
    address: link.at === "here" ? link.line.address : undefined,
    rooms: rooms?.size ?? 0,
    services: provides?.size ?? 0,
    subscriptions: subscribes?.size ?? 0,
    paths,
  };
}

function first<T>(values: Iterable<T>, limit: number): T[] {
  const found: T[] = [];
  for (const value of values) {
    if (found.length >= limit) break;
    found.push(value);
  }
  return found;
}
