import type { IncomingHttpHeaders } from "node:http";

/** What is known of a front end that wants in. */
export interface PlainRequest {
  /** Whatever the front end put into socket.io-client's option `auth`; not checked by anyone yet. */
  readonly auth: unknown;
  readonly address: string;
  readonly headers: IncomingHttpHeaders;
}

/** Options of signaling for front ends that use nothing but socket.io-client. */
export interface PlainSignalingOptions {
  /** The socket.io namespace of these front ends. @defaultValue "/", where `io()` connects to */
  readonly namespace?: string | undefined;
  /** Decides who may connect: anything but `true` refuses. @defaultValue everyone */
  readonly admit?: ((request: PlainRequest) => boolean | Promise<boolean>) | undefined;
  /** Members a room may have; further ones are told `room full`. @defaultValue 50 */
  readonly membersPerRoom?: number | undefined;
  /** Rooms one socket may be in. @defaultValue 8 */
  readonly roomsPerSocket?: number | undefined;
  /** Sockets in the list of peers. @defaultValue 1000 */
  readonly maxRegistered?: number | undefined;
  /** Sockets at once. @defaultValue 10_000 */
  readonly maxSockets?: number | undefined;
  /** Messages a socket may cause a second; five times as many at once. @defaultValue 100 */
  readonly messagesPerSecond?: number | undefined;
  /** UTF-16 units of a description's SDP. @defaultValue 65_536 */
  readonly sdpLength?: number | undefined;
  /** Bytes waiting for one socket before it is removed. @defaultValue 1_048_576 */
  readonly outboundBytes?: number | undefined;
}

/** The same with every default filled in. */
export type PlainSettings = { readonly [K in Exclude<keyof PlainSignalingOptions, "admit">]-?: NonNullable<PlainSignalingOptions[K]> } & {
  readonly admit: PlainSignalingOptions["admit"];
};

const limits = {
  membersPerRoom: 50,
  roomsPerSocket: 8,
  maxRegistered: 1000,
  maxSockets: 10_000,
  messagesPerSecond: 100,
  sdpLength: 65_536,
  outboundBytes: 1_048_576,
} as const;
type Limit = keyof typeof limits;

/**
 * Reads the option `plainSignaling`: undefined when it is off.
 *
 * @throws TypeError when an option is unknown or of the wrong type, RangeError when a number is out of range; both name the option.
 */
export function resolvePlainSignaling(
  given: boolean | PlainSignalingOptions | undefined,
  relayNamespace: string,
): PlainSettings | undefined {
  if (given === undefined || given === false) return undefined;
  const options = given === true ? {} : given;
  checkNames(options);
  const named = Object.entries(limits).map(([name, standard]) => [name, limit(name, options[name as Limit] ?? standard)]);
  return {
    ...(Object.fromEntries(named) as Record<Limit, number>),
    namespace: namespace(options.namespace ?? "/", relayNamespace),
    admit: options.admit,
  };
}

function checkNames(options: PlainSignalingOptions): void {
  if (typeof options !== "object" || options === null)
    throw new TypeError(`option plainSignaling must be true, false or options, not ${String(options)}`);
  const names = ["namespace", "admit", ...Object.keys(limits)];
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new TypeError(`unknown option plainSignaling.${unknown}; there are ${names.join(", ")}`);
  const { admit } = options;
  if (admit !== undefined && typeof admit !== "function")
    throw new TypeError(`option plainSignaling.admit must be a function, not ${typeof admit}`);
}

function namespace(value: unknown, relayNamespace: string): string {
  if (value === relayNamespace) throw new TypeError("option plainSignaling.namespace must be another than the relay's own namespace");
  if (typeof value === "string" && /^\/[^,?#\s]*$/.test(value)) return value;
  throw new TypeError(`option plainSignaling.namespace must be a string like "/" or "/calls", not ${JSON.stringify(value)}`);
}

function limit(name: string, value: unknown): number {
  if (typeof value !== "number") throw new TypeError(`option plainSignaling.${name} must be a number, not ${typeof value}`);
  if (value === Infinity || (Number.isInteger(value) && value >= 1)) return value;
  throw new RangeError(`option plainSignaling.${name} must be a whole number from 1 on, not ${value}`);
}
