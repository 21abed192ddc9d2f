import { createSecretKey, randomBytes, type KeyObject } from "node:crypto";
import type { BlockList } from "node:net";
import { DEFAULT_NAMESPACE, isName } from "@peerloom/protocol";
import { parseTrustedProxies, type TrustedProxies } from "./client-address.ts";
import type { Cluster } from "./cluster/cluster.ts";
import type { Authenticate, Authorize } from "./hooks.ts";
import { resolveLimits, type RelayLimits } from "./limits.ts";
import { resolvePlainSignaling, type PlainSettings, type PlainSignalingOptions } from "./plain-signaling/options.ts";
import { resolveSignaling, type SignalingLimits } from "./signaling/limits.ts";
import { resolveTurn, type TurnOptions, type TurnSettings } from "./turn/options.ts";

/** Options of a relay, wherever it is attached. */
export interface RelayOptions {
  /** The socket.io namespace to serve. @defaultValue "/peerloom" */
  readonly namespace?: string | undefined;
  /** The id under which clients reach the relay itself. @defaultValue "relay" */
  readonly relayId?: string | undefined;
  /**
   * Key of the resume secrets, at least 16 bytes. Give all nodes, and a relay after its restart, the same: otherwise a client whose
   * old socket still seems alive cannot prove who it is. @defaultValue random
   */
  readonly secret?: string | Uint8Array | undefined;
  /** Decides who a client is. @defaultValue everyone is who they say */
  readonly authenticate?: Authenticate | undefined;
  /** Decides what a client may do. @defaultValue everything */
  readonly authorize?: Authorize | undefined;
  /** Who keeps an id when a stranger claims it while its holder is connected. @defaultValue "reject" */
  readonly duplicateId?: "reject" | "replace" | undefined;
  /** Milliseconds a client without a socket keeps its id, rooms and watches. @defaultValue 30_000 */
  readonly sessionTimeoutMs?: number | undefined;
  /** Milliseconds a client has to answer a pairing question. @defaultValue 10_000 */
  readonly pairTimeoutMs?: number | undefined;
  readonly limits?: Partial<RelayLimits> | undefined;
  readonly rooms?: RoomOptions | undefined;
  /** Whether clients may list all others. @defaultValue false */
  readonly allowList?: boolean | undefined;
  /** Whether clients may signal by `@peerloom/driver-socketio`, and within which limits. @defaultValue false */
  readonly signaling?: boolean | Partial<SignalingLimits> | undefined;
  /** Whether front ends that use nothing but socket.io-client may signal by this relay, and how. @defaultValue false */
  readonly plainSignaling?: boolean | PlainSignalingOptions | undefined;
  /** TURN servers that clients may use: they get credentials of the relay by `client.iceServers()`. @defaultValue none */
  readonly turn?: TurnOptions | undefined;
  /**
   * Addresses and networks (`10.0.0.0/8`, `"loopback"`, `"private"`) of the proxies in front of the relay, whose `X-Forwarded-For` is believed.
   * @defaultValue none
   */
  readonly trustProxy?: readonly string[] | undefined;
  /**
   * Addresses and networks, written as in `trustProxy`, for which limits by address do not hold.
   * @defaultValue 127.0.0.1 and ::1: who is on the machine itself is no stranger
   */
  readonly exemptAddresses?: readonly string[] | undefined;
  /** Joins this relay to others, for one relay alone: made by `redisCluster` of `@peerloom/cluster-redis`. Give all nodes the same `secret`. @defaultValue alone */
  readonly cluster?: Cluster | undefined;
  /** A clock in milliseconds that never goes back, for the rates. @defaultValue performance.now */
  readonly now?: (() => number) | undefined;
  /** Takes a line of advice about a risky set-up. @defaultValue console.warn */
  readonly warn?: ((message: string) => void) | undefined;
}

export interface RoomOptions {
  /** Whether clients may send to rooms they are not in. @defaultValue false */
  readonly allowOutsiders?: boolean | undefined;
}

/** Options with every default filled in. */
export interface Settings {
  readonly namespace: string;
  readonly relayId: string;
  /** A key, not its bytes: of those, Node makes a key anew for each use. */
  readonly secret: KeyObject;
  readonly authenticate: Authenticate | undefined;
  readonly authorize: Authorize | undefined;
  readonly duplicateId: "reject" | "replace";
  readonly sessionTimeoutMs: number;
  readonly pairTimeoutMs: number;
  readonly limits: RelayLimits;
  readonly allowOutsiders: boolean;
  readonly allowList: boolean;
  readonly signaling: SignalingLimits | undefined;
  readonly plainSignaling: PlainSettings | undefined;
  readonly turn: TurnSettings | undefined;
  readonly trustedProxies: TrustedProxies | undefined;
  readonly exemptAddresses: BlockList;
  readonly cluster: Cluster | undefined;
  readonly now: () => number;
  readonly warn: (message: string) => void;
}

/** The names of all options of `RelayOptions`. */
export const relayOptionNames: { readonly [K in keyof RelayOptions]-?: true } = {
  namespace: true,
  relayId: true,
  secret: true,
  authenticate: true,
  authorize: true,
  duplicateId: true,
  sessionTimeoutMs: true,
  pairTimeoutMs: true,
  limits: true,
  rooms: true,
  allowList: true,
  signaling: true,
  plainSignaling: true,
  turn: true,
  trustProxy: true,
  exemptAddresses: true,
  cluster: true,
  now: true,
  warn: true,
};

const minSecretBytes = 16;
const maxTimerMs = 2_147_483_647;

/**
 * Checks the options and fills in defaults.
 *
 * @throws TypeError when an option is unknown or of the wrong type, RangeError when a number is out of range; both name the option.
 */
export function resolveOptions(options: RelayOptions = {}): Settings {
  checkNames("option", options, relayOptionNames);
  const rooms = options.rooms ?? {};
  checkNames("option rooms", rooms, { allowOutsiders: true });
  const limits = resolveLimits(options.limits);
  return {
    namespace: namespace(options.namespace ?? DEFAULT_NAMESPACE),
    relayId: relayId(options.relayId ?? "relay"),
    secret: secret(options.secret),
    authenticate: optionalFunction("authenticate", options.authenticate),
    authorize: optionalFunction("authorize", options.authorize),
    duplicateId: oneOf("duplicateId", options.duplicateId ?? "reject", ["reject", "replace"]),
    sessionTimeoutMs: checkMilliseconds("sessionTimeoutMs", options.sessionTimeoutMs ?? 30_000),
    pairTimeoutMs: checkMilliseconds("pairTimeoutMs", options.pairTimeoutMs ?? 10_000),
    limits,
    allowOutsiders: flag("rooms.allowOutsiders", rooms.allowOutsiders),
    allowList: flag("allowList", options.allowList),
    signaling: resolveSignaling(options.signaling, limits.packetBytes),
    plainSignaling: resolvePlainSignaling(options.plainSignaling, options.namespace ?? DEFAULT_NAMESPACE),
    turn: resolveTurn(options.turn),
    trustedProxies: options.trustProxy === undefined ? undefined : networks("trustProxy", options.trustProxy),
    exemptAddresses: networks("exemptAddresses", options.exemptAddresses ?? ["127.0.0.1", "::1"]),
    cluster: cluster(options.cluster, options.secret !== undefined),
    now: optionalFunction("now", options.now) ?? (() => performance.now()),
    warn: optionalFunction("warn", options.warn) ?? ((message) => console.warn(message)),
  };
}

/** @throws TypeError when `given` is no object or has a name that `names` lacks. */
export function checkNames(what: string, given: unknown, names: Readonly<Record<string, true>>): void {
  if (typeof given !== "object" || given === null) throw new TypeError(`${what}s must be an object, not ${String(given)}`);
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(names, name));
  if (unknown !== undefined) throw new TypeError(`unknown ${what} "${unknown}"; there are ${Object.keys(names).join(", ")}`);
}

/** @throws TypeError when `value` is neither undefined nor a function. */
export function optionalFunction<T extends (...args: never[]) => unknown>(name: string, value: T | undefined): T | undefined {
  if (value !== undefined && typeof value !== "function") throw new TypeError(`option ${name} must be a function, not ${typeof value}`);
  return value;
}

function namespace(value: string): string {
  if (typeof value === "string" && /^\/[^,?#\s]+$/.test(value)) return value;
  throw new TypeError(`option namespace must be a string like "/peerloom", not ${JSON.stringify(value)}`);
}

function relayId(value: string): string {
  if (isName(value)) return value;
  throw new TypeError("option relayId must be a string of 1 to 128 bytes without control characters");
}

function secret(value: string | Uint8Array | undefined): KeyObject {
  if (value === undefined) return createSecretKey(randomBytes(32));
  if (typeof value !== "string" && !(value instanceof Uint8Array))
    throw new TypeError(`option secret must be a string or bytes, not ${typeof value}`);
  const bytes = Buffer.from(value);
  if (bytes.length >= minSecretBytes) return createSecretKey(bytes);
  throw new RangeError(`option secret must have at least ${minSecretBytes} bytes, not ${bytes.length}`);
}

function networks(name: string, value: readonly string[]): BlockList {
  if (!Array.isArray(value)) throw new TypeError(`option ${name} must be an array of addresses and networks, not ${typeof value}`);
  try {
    return parseTrustedProxies(value);
  } catch (thrown) {
    throw new TypeError(`option ${name}: ${(thrown as Error).message}`, { cause: thrown });
  }
}

function cluster(value: Cluster | undefined, hasSecret: boolean): Cluster | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "object" || typeof (value as Cluster | null)?.start !== "function")
    throw new TypeError("option cluster must be a cluster, like the one that redisCluster makes");
  if (!hasSecret)
    throw new TypeError("option cluster needs the option secret, the same for all nodes: or no node would know the others' clients");
  return value;
}

function oneOf<T extends string>(name: string, value: T, choices: readonly T[]): T {
  if (choices.includes(value)) return value;
  throw new TypeError(`option ${name} must be one of ${choices.join(", ")}, not ${String(value)}`);
}

function flag(name: string, value: boolean | undefined): boolean {
  if (value !== undefined && typeof value !== "boolean") throw new TypeError(`option ${name} must be true or false, not ${typeof value}`);
  return value ?? false;
}

/** @throws TypeError or RangeError naming the option when it is no time that a timer can wait. */
export function checkMilliseconds(name: string, value: number, min: number = 1): number {
  if (typeof value !== "number") throw new TypeError(`option ${name} must be a number of milliseconds, not ${typeof value}`);
  if (Number.isInteger(value) && value >= min && value <= maxTimerMs) return value;
  throw new RangeError(`option ${name} must be a whole number of milliseconds from ${min} to ${maxTimerMs}, not ${value}`);
}
