import { WIRE } from "@peerloom/protocol";

/** What one client may cost the relay. Rates refill steadily; a burst of one second's worth is allowed unless said otherwise. */
export interface RelayLimits {
  /** Clients known at once, those away included. @defaultValue 100_000 */
  readonly clients: number;
  /** Tenants with clients at once. @defaultValue 10_000 */
  readonly tenants: number;
  /** Clients of one tenant known at once, those away included. @defaultValue Infinity */
  readonly clientsPerTenant: number;
  /** Connections at once, whoever is on them. @defaultValue 120_000 */
  readonly connections: number;
  /** Connections on which nobody is yet, and handshakes that `authenticate` has not decided yet; beyond, the oldest is dropped. @defaultValue 10_000 */
  readonly pendingHandshakes: number;
  /** Connections at once from one address, or from one /64 of IPv6. @defaultValue 1000 */
  readonly connectionsPerAddress: number;
  /** Handshakes a second from one address. @defaultValue 50 */
  readonly handshakesPerSecondPerAddress: number;
  /** Handshakes at once from one address: an office whose clients all come back. @defaultValue 500 */
  readonly handshakeBurstPerAddress: number;
  /** HTTP requests a second from one address that are not socket.io's; five times as many at once. @defaultValue 200 */
  readonly requestsPerSecondPerAddress: number;
  /** Packets a second of all clients at one address. @defaultValue 100_000 */
  readonly packetsPerSecondPerAddress: number;
  /** Control requests a second of all clients at one address; twice as many at once. @defaultValue 2000 */
  readonly controlsPerSecondPerAddress: number;
  /** Largest packet forwarded, in bytes: its text and attachments together. @defaultValue 262_144 */
  readonly packetBytes: number;
  /** Packets a client may send a second, to peers and rooms together. @defaultValue 20_000 */
  readonly packetsPerSecond: number;
  /** Packet bytes a client may send a second. @defaultValue 67_108_864 */
  readonly bytesPerSecond: number;
  /** Bytes a second of a client's room packets after fan-out: size times receivers. @defaultValue 268_435_456 */
  readonly fanoutBytesPerSecond: number;
  /** Control requests a second. @defaultValue 200 */
  readonly controlsPerSecond: number;
  /** Control requests at once: a client that reconnects repeats its joins and watches. @defaultValue 1000 */
  readonly controlBurst: number;
  /** Malformed events a minute before the client is closed with `PROTOCOL_ERROR`. @defaultValue 100 */
  readonly malformedPerMinute: number;
  /** Unanswered pairing questions by one client, and to one client. @defaultValue 64 */
  readonly pendingAsks: number;
  /** Rooms a client may be in. @defaultValue 64 */
  readonly roomsPerClient: number;
  /** Members a room may have. @defaultValue 1000 */
  readonly membersPerRoom: number;
  /** Services a client may provide. @defaultValue 64 */
  readonly servicesPerClient: number;
  /** Providers a service may have. @defaultValue 256 */
  readonly providersPerService: number;
  /** Services whose providers a client may watch, as it does of each service that it calls. @defaultValue 1000 */
  readonly serviceWatchesPerClient: number;
  /** Topics a client may publish, and topics it may subscribe to. @defaultValue 1000 */
  readonly topicsPerClient: number;
  /** Subscribers a topic may have. @defaultValue 100_000 */
  readonly subscribersPerTopic: number;
  /** Ids a client may watch. @defaultValue 10_000 */
  readonly watchesPerClient: number;
  /** Serialised size of metadata in bytes. @defaultValue 4096 */
  readonly metadataBytes: number;
  /** Bytes of a client id or room name, at most 128. @defaultValue 128 */
  readonly nameBytes: number;
  /**
   * Bytes waiting for one client before packets to it are refused with `BUSY`. What the relay itself has to say may exceed it;
   * a client with four times as much waiting is disconnected. @defaultValue 2_097_152
   */
  readonly outboundBytes: number;
}

export const defaultLimits: RelayLimits = {
  clients: 100_000,
  tenants: 10_000,
  clientsPerTenant: Infinity,
  connections: 120_000,
  pendingHandshakes: 10_000,
  connectionsPerAddress: 1000,
  handshakesPerSecondPerAddress: 50,
  handshakeBurstPerAddress: 500,
  requestsPerSecondPerAddress: 200,
  packetsPerSecondPerAddress: 100_000,
  controlsPerSecondPerAddress: 2000,
  packetBytes: WIRE.maxPacketBytes,
  packetsPerSecond: 20_000,
  bytesPerSecond: 64 * 1024 * 1024,
  fanoutBytesPerSecond: 256 * 1024 * 1024,
  controlsPerSecond: 200,
  controlBurst: 1000,
  malformedPerMinute: 100,
  pendingAsks: 64,
  roomsPerClient: 64,
  membersPerRoom: 1000,
  servicesPerClient: 64,
  providersPerService: 256,
  serviceWatchesPerClient: 1000,
  topicsPerClient: 1000,
  subscribersPerTopic: 100_000,
  watchesPerClient: 10_000,
  metadataBytes: WIRE.maxMetadataBytes,
  nameBytes: WIRE.maxNameBytes,
  outboundBytes: 2 * 1024 * 1024,
};

/** Smallest sensible value of a limit; for all others it is 1. */
const minima: Partial<RelayLimits> = { packetBytes: 1024, outboundBytes: 1024 };
const maxima: Partial<RelayLimits> = { nameBytes: WIRE.maxNameBytes, packetBytes: 64 * 1024 * 1024 };
/** Counts of things, where a fraction makes no sense; rates may be fractions. */
const rates: ReadonlySet<string> = new Set([
  "packetsPerSecond",
  "bytesPerSecond",
  "fanoutBytesPerSecond",
  "controlsPerSecond",
  "malformedPerMinute",
  "handshakesPerSecondPerAddress",
  "requestsPerSecondPerAddress",
  "packetsPerSecondPerAddress",
  "controlsPerSecondPerAddress",
]);

/**
 * Fills the limits not given with their defaults. `Infinity` lifts a limit that has no maximum.
 *
 * @throws TypeError when a limit is unknown or no number, RangeError when it is out of range.
 */
export function resolveLimits(given: Partial<RelayLimits> = {}): RelayLimits {
  if (typeof given !== "object" || given === null) throw new TypeError(`limits must be an object, not ${String(given)}`);
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const [name, value] of entries) checkLimit(name, value);
  return { ...defaultLimits, ...Object.fromEntries(entries) };
}

function checkLimit(name: string, value: unknown): void {
  if (!Object.hasOwn(defaultLimits, name))
    throw new TypeError(`limits.${name} is not a limit; there are ${Object.keys(defaultLimits).join(", ")}`);
  if (typeof value !== "number") throw new TypeError(`limits.${name} must be a number, not ${typeof value}`);
  const min = minima[name as keyof RelayLimits] ?? (rates.has(name) ? Number.MIN_VALUE : 1);
  const max = maxima[name as keyof RelayLimits] ?? Infinity;
  const whole = rates.has(name) || value === Infinity || Number.isInteger(value);
  if (!whole || !(value >= min && value <= max)) throw new RangeError(`limits.${name} must be ${describe(name, min, max)}, not ${value}`);
}

function describe(name: string, min: number, max: number): string {
  if (rates.has(name)) return "a number above 0";
  return `a whole number from ${min}${max === Infinity ? " on" : ` to ${max}`}`;
}
