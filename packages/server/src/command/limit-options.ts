import { defaultLimits, resolveLimits, type RelayLimits } from "../limits.ts";
import { option, type Spec } from "./spec.ts";

/** The limits as options of the command: `packetBytes` is `limitPacketBytes`. */
export type LimitOptions = { readonly [K in keyof RelayLimits as `limit${Capitalize<K>}`]: number };

const help: { readonly [K in keyof RelayLimits]: string } = {
  clients: "clients known at once, those away included",
  tenants: "tenants with clients at once",
  clientsPerTenant: "clients of one tenant",
  connections: "connections at once, whoever is on them",
  pendingHandshakes: "connections at once on which nobody is yet",
  connectionsPerAddress: "connections at once from one address",
  handshakesPerSecondPerAddress: "handshakes a second from one address",
  handshakeBurstPerAddress: "handshakes at once from one address",
  requestsPerSecondPerAddress: "other HTTP requests a second from one address",
  packetsPerSecondPerAddress: "packets a second of all clients at one address",
  controlsPerSecondPerAddress: "requests to the relay a second of all clients at one address",
  packetBytes: "largest packet, in bytes",
  packetsPerSecond: "packets a client may send a second",
  bytesPerSecond: "packet bytes a client may send a second",
  fanoutBytesPerSecond: "bytes a second of a client's room packets, times their receivers",
  controlsPerSecond: "requests to the relay a client may make a second",
  controlBurst: "requests to the relay a client may make at once",
  malformedPerMinute: "malformed events a minute before a client is closed",
  pendingAsks: "unanswered pairing questions of a client",
  roomsPerClient: "rooms a client may be in",
  membersPerRoom: "members a room may have",
  servicesPerClient: "services a client may provide",
  providersPerService: "providers a service may have",
  serviceWatchesPerClient: "services whose providers a client may watch",
  topicsPerClient: "topics a client may publish or subscribe to",
  subscribersPerTopic: "subscribers a topic may have",
  watchesPerClient: "ids whose presence a client may watch",
  metadataBytes: "bytes of a client's metadata",
  nameBytes: "bytes of an id or a room's name",
  outboundBytes: "bytes waiting for a client before senders are told to wait",
};
const names = Object.keys(help) as (keyof RelayLimits)[];

/** The options for limits, by their names. */
export const limitSpecs: { readonly [K in keyof LimitOptions]: Spec<number> } = Object.fromEntries(
  names.map((name) => [optionName(name), specOf(name)]),
) as { readonly [K in keyof LimitOptions]: Spec<number> };

/** What a relay takes as `limits`. */
export function limitsOf(options: LimitOptions): RelayLimits {
  return Object.fromEntries(names.map((name) => [name, options[optionName(name)]])) as unknown as RelayLimits;
}

function specOf(name: keyof RelayLimits): Spec<number> {
  const rule = `${/must be (.*), not/.exec(refusal(name, Number.NaN) ?? "")?.[1] ?? "a number"}${refusal(name, Infinity) === undefined ? ", or none" : ""}`;
  return option({ value: "N", rule, parse: (given) => parse(name, given) }, defaultLimits[name], help[name]);
}

/** "none" lifts a limit, where that is possible. */
function parse(name: keyof RelayLimits, given: unknown): number | undefined {
  const isNumber = typeof given === "string" && /^\d{1,16}(\.\d{1,6})?$/.test(given);
  const number = given === "none" ? Infinity : isNumber ? Number(given) : given;
  return typeof number === "number" && refusal(name, number) === undefined ? number : undefined;
}

/** Why a relay does not take this value, if it does not. */
function refusal(name: keyof RelayLimits, value: number): string | undefined {
  try {
    resolveLimits({ [name]: value });
    return undefined;
  } catch (thrown) {
    return (thrown as Error).message;
  }
}

function optionName<K extends keyof RelayLimits>(name: K): `limit${Capitalize<K>}` {
  return `limit${name.charAt(0).toUpperCase()}${name.slice(1)}` as `limit${Capitalize<K>}`;
}
