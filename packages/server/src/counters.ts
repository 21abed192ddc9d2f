import type { AnyCode } from "@peerloom/core";
import type { Core } from "./core.ts";
import { queuedBytes as bytesOf } from "./line.ts";
import type { ToldPaths } from "./told-paths.ts";

/** What there is in one name space, or in all of them. */
export interface Holdings {
  /** Clients by state; `away` are those expected back. */
  readonly clients: { readonly here: number; readonly away: number };
  readonly rooms: number;
  /** Services with providers, and topics that are published or subscribed to. */
  readonly services: number;
  readonly topics: number;
}

/** What a relay has done since it was made, and what it holds now. */
export interface RelayStats extends Holdings {
  /** Tenants that have clients, or are held by the program. */
  readonly tenants: number;
  /** Connections admitted, reconnects included. */
  readonly connections: number;
  /** Packets forwarded to a client (or to the relay itself), and their bytes. */
  readonly packets: number;
  readonly bytes: number;
  /** Packets handed to other nodes of the cluster, which count them too when they arrive. */
  readonly abroad: number;
  /** Room packets forwarded, and their bytes; each counted once, whatever its fan-out. */
  readonly roomPackets: number;
  readonly roomBytes: number;
  readonly controls: number;
  /** Events that were no event of the protocol, or a wrong one. */
  readonly malformed: number;
  /** Refusals (handshakes, packets, room packets, control requests) by code. */
  readonly refused: Readonly<Record<string, number>>;
  /** Connections the relay closed, by the code of its `bye`. */
  readonly dismissed: Readonly<Record<string, number>>;
  /** Clients whose outbound queue is over its budget now. */
  readonly congested: number;
  /** Bytes that wait to be sent, for all clients together and for the one with the most. */
  readonly queuedBytes: number;
  readonly longestQueueBytes: number;
  /** Paths between clients that can take direct ones, as these tell it; each end counts. */
  readonly paths: ToldPaths;
  /** Errors inside the relay, or in a hook; each was told by the `error` event. */
  readonly errors: number;
}

/** Running counts; plain fields, because the packet path adds to them. */
export class Counters {
  connections = 0;
  packets = 0;
  bytes = 0;
  abroad = 0;
  roomPackets = 0;
  roomBytes = 0;
  controls = 0;
  malformed = 0;
  errors = 0;
  readonly refused: Map<string, number> = new Map();
  readonly dismissed: Map<string, number> = new Map();
}

/** Adds up what waits to be sent to clients that are here, and the paths they take. */
export function trafficOf(cores: Iterable<Core>): Pick<RelayStats, "queuedBytes" | "longestQueueBytes" | "paths"> {
  let [queuedBytes, longestQueueBytes, direct, relayed] = [0, 0, 0, 0];
  for (const { registry } of cores) {
    for (const { link, paths } of registry.values()) {
      if (link.at !== "here") continue;
      const bytes = bytesOf(link.line.connection);
      queuedBytes += bytes;
      longestQueueBytes = Math.max(longestQueueBytes, bytes);
      direct += paths?.direct ?? 0;
      relayed += paths?.relayed ?? 0;
    }
  }
  return { queuedBytes, longestQueueBytes, paths: { direct, relayed } };
}

/** Adds up what there is in some name spaces. */
export function holdingsOf(cores: Iterable<Core>): Holdings {
  let [here, away, rooms, services, topics] = [0, 0, 0, 0, 0];
  for (const core of cores) {
    for (const { state } of core.registry.values()) {
      if (state === "here") here += 1;
      else away += 1;
    }
    rooms += core.rooms.size;
    services += core.services.size;
    topics += core.topics.size;
  }
  return { clients: { here, away }, rooms, services, topics };
}

/** Codes counted by name; codes that a hook makes up beyond that many are counted together. */
const maxCodes = 100;

/** Adds one to the count of `code`. */
export function countCode(counts: Map<string, number>, code: AnyCode): void {
  const key = counts.has(code) || counts.size < maxCodes ? code : "OTHER";
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
