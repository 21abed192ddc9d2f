import { checkTimeout, type Defer, type DirectMaker, type LayerMaker } from "@peerloom/core";
import { randomId } from "@peerloom/core/crypto";
import { checkMetadata, checkName, isInstance, type Metadata } from "@peerloom/protocol";
import { defaultRoomLimits, type RoomLimits, type SessionLimits } from "@peerloom/session";

/** What proves to the relay who this client is; a function is called at each connection, so that it may fetch a fresh one. */
export type Token = string | (() => string | undefined | Promise<string | undefined>);

export interface ClientLimits {
  /** Budgets of the session with each peer. */
  readonly session?: Partial<SessionLimits>;
  /** Budgets of each room. */
  readonly room?: Partial<RoomLimits>;
  /** Bytes handed to the socket and not yet sent, above which sessions and rooms hold back. @defaultValue 4 MiB */
  readonly socketBytes?: number;
}

export interface ConnectOptions {
  /** The id to ask for: 1–128 bytes without control characters. Without it the relay assigns one. */
  readonly clientId?: string;
  readonly token?: Token;
  /** What this client tells others about itself. */
  readonly metadata?: Metadata;
  /** How long a request to a peer waits unless it says otherwise, in milliseconds. @defaultValue 30000 */
  readonly requestTimeoutMs?: number;
  /** How long `connect` tries, in milliseconds; each try may take as long, but at most 20 s. @defaultValue 10000 */
  readonly connectTimeoutMs?: number;
  /** How long a request to the relay (`lookup`, `join`, …) waits unless it says otherwise, in milliseconds. @defaultValue 10000 */
  readonly relayTimeoutMs?: number;
  /** How long `close` waits for what was sent to be acknowledged, in milliseconds. @defaultValue 1000 */
  readonly closeTimeoutMs?: number;
  /** First delay before reconnecting, in milliseconds; a random half is taken off. @defaultValue 100 */
  readonly reconnectMinMs?: number;
  /** Largest delay before reconnecting, in milliseconds. It is tried for ever. @defaultValue 5000 */
  readonly reconnectMaxMs?: number;
  /** Stops connecting; `connect` rejects with `ABORTED`. Later it has no effect. */
  readonly signal?: AbortSignal;
  /** How to reach the relay, in order of preference; for URLs only. @defaultValue ["websocket"] */
  readonly transports?: readonly ("websocket" | "polling")[];
  /** Path of socket.io on the relay's server; for URLs only. @defaultValue "/socket.io" */
  readonly path?: string;
  readonly limits?: ClientLimits;
  /** Makes direct paths to peers: `direct(…)` of `@peerloom/direct`. Without it everything goes over the relay. */
  readonly direct?: DirectMaker;
  /** Encrypts what is said to peers, by whatever path: `encrypt(…)` of `@peerloom/encryption`. Rooms and topics stay in clear. */
  readonly encryption?: LayerMaker;
  /** The random id of this client object; for tests. */
  readonly instance?: string;
  /** How to run something at the end of the turn; for tests. */
  readonly defer?: Defer;
}

/** Options with their defaults. */
export interface ClientSettings extends ConnectOptions {
  readonly instance: string;
  readonly requestTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly tryTimeoutMs: number;
  readonly relayTimeoutMs: number;
  readonly closeTimeoutMs: number;
  readonly reconnectMinMs: number;
  readonly reconnectMaxMs: number;
  readonly roomLimits: RoomLimits;
  readonly socketBytes: number;
}

const maxTryMs = 20_000;

/** Fills in and checks the options. @throws TypeError or RangeError naming what is wrong. */
export function checkOptions(options: ConnectOptions): ClientSettings {
  const { instance = randomId(), token, limits = {}, connectTimeoutMs = 10_000 } = options;
  if (options.clientId !== undefined) checkName(options.clientId, "clientId");
  if (token !== undefined && typeof token !== "string" && typeof token !== "function") {
    throw new TypeError(`token must be a string or a function that returns one, not ${typeof token}`);
  }
  if (!isInstance(instance)) throw new TypeError("instance must be 8 to 32 characters of A-Z a-z 0-9 _ -");
  checkMetadata(options.metadata);
  if (options.direct !== undefined && typeof options.direct?.start !== "function")
    throw new TypeError("direct must be what `direct()` of @peerloom/direct returns");
  if (options.encryption !== undefined && typeof options.encryption?.createLayer !== "function")
    throw new TypeError("encryption must be what `encrypt()` of @peerloom/encryption returns");
  return {
    ...options,
    instance,
    requestTimeoutMs: checkTimeout(options.requestTimeoutMs ?? 30_000),
    connectTimeoutMs: checkTimeout(connectTimeoutMs),
    tryTimeoutMs: Math.min(connectTimeoutMs, maxTryMs),
    relayTimeoutMs: checkTimeout(options.relayTimeoutMs ?? 10_000),
    closeTimeoutMs: checkTimeout(options.closeTimeoutMs ?? 1000),
    reconnectMinMs: checkTimeout(options.reconnectMinMs ?? 100),
    reconnectMaxMs: checkTimeout(options.reconnectMaxMs ?? 5000),
    roomLimits: { ...defaultRoomLimits, ...limits.room },
    socketBytes: limits.socketBytes ?? 4_194_304,
  };
}
