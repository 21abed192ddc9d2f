import { DEFAULT_NAMESPACE, isName } from "@peerloom/protocol";
import { parseTrustedProxies } from "../client-address.ts";
import { resolveTurn } from "../turn/options.ts";
import { limitSpecs, type LimitOptions } from "./limit-options.ts";
import { choice, list, milliseconds, option, optional, secret, text, toggle, whole, type Spec } from "./spec.ts";

/** How much is written to the log. */
export type LogLevel = "silent" | "error" | "warn" | "info" | "debug" | "trace";

/** What the command can be told. */
export interface CommandOptions extends LimitOptions {
  readonly port: number;
  readonly host: string;
  readonly path: string;
  readonly namespace: string;
  readonly origins: readonly string[] | undefined;
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  readonly trustProxy: readonly string[] | undefined;
  readonly authSecret: string | undefined;
  readonly authJwks: string | undefined;
  readonly authIssuer: string | undefined;
  readonly authAudience: string | undefined;
  readonly secret: string | undefined;
  readonly duplicateId: "reject" | "replace";
  readonly allowList: boolean;
  readonly allowOutsiders: boolean;
  readonly relayId: string;
  readonly sessionTimeoutMs: number;
  readonly pairTimeoutMs: number;
  readonly signaling: boolean;
  readonly plainSignaling: boolean;
  readonly turnUrl: readonly string[] | undefined;
  readonly turnSecret: string | undefined;
  readonly turnTtlSeconds: number;
  readonly redis: string | undefined;
  readonly redisPrefix: string;
  readonly redisLeaseMs: number;
  readonly logLevel: LogLevel;
  readonly metrics: boolean;
  readonly metricsPort: number | undefined;
  readonly metricsHost: string;
  readonly adminPassword: string | undefined;
  readonly adminUser: string;
  readonly drainWindowMs: number;
  readonly drainDeadlineMs: number;
}

export type OptionName = keyof CommandOptions;

const port = whole(0, 65_535);
const name = text("NAME", "1 to 128 bytes without control characters", isName);
const file = text("FILE", "a path");
const word = text("TEXT", "a text that is not empty");
const path = text("PATH", `a path that begins with "/"`, (given) => /^\/[^?#\s]*$/.test(given));
const namespace = text("NAME", `a name like "/peerloom"`, (given) => /^\/[^,?#\s]+$/.test(given));
const host = text("HOST", "an address or a name", (given) => !/[\s/]/.test(given));
const origin = text("ORIGIN", "an origin like https://example.org", (given) => URL.canParse(given) && new URL(given).origin === given);
const proxy = text("NETWORK", `an address, a network like 10.0.0.0/8, "loopback" or "private"`, isProxy);
const turnUrl = text("URL", "a URL like turn:turn.example.org:3478", isTurnUrl);
const prefix = text("TEXT", "1 to 64 characters without braces and spaces", (given) => /^[^{}\s]{1,64}$/.test(given));
const redis = text("URL", "a URL like redis://127.0.0.1:6379", (given) => /^rediss?:\/\/\S+$/.test(given) && URL.canParse(given));

/** Every option of the command: the one place where an option is described, read by flags, environment, file, `--help` and docs. */
export const specs: { readonly [K in OptionName]: Spec<CommandOptions[K]> } = {
  port: option(port, 8080, "TCP port; 0 takes any free one"),
  host: option(host, "127.0.0.1", "address to listen on; 0.0.0.0 lets others in"),
  path: option(path, "/socket.io/", "path of socket.io's requests"),
  namespace: option(namespace, DEFAULT_NAMESPACE, "socket.io namespace of the clients"),
  origins: optional(list(origin), "origins of the pages that may connect; all when not given"),
  tlsCert: optional(file, "certificate chain (PEM); with --tls-key the relay speaks https and wss, SIGHUP reads both anew"),
  tlsKey: optional(file, "private key of the certificate (PEM)"),
  trustProxy: optional(list(proxy), "proxies in front of the relay, whose X-Forwarded-For is believed"),
  authSecret: optional(secret(32), "key of the clients' tokens: JWTs with HS256"),
  authJwks: optional(
    text("FILE|URL", "a path or an https URL"),
    "public keys of the clients' tokens: JWTs with RS, PS, ES or EdDSA; SIGHUP reads a file anew",
  ),
  authIssuer: optional(word, `what the tokens' "iss" must be`),
  authAudience: optional(word, `what the tokens' "aud" must be, or contain`),
  secret: optional(secret(16), "key by which clients prove who they were; the same for all nodes and over restarts"),
  duplicateId: option(choice(["reject", "replace"]), "reject", "who keeps an id that a stranger claims"),
  allowList: option(toggle, false, "let clients list all others"),
  allowOutsiders: option(toggle, false, "let clients send to rooms they are not in"),
  relayId: option(name, "relay", "id under which clients reach the relay itself"),
  sessionTimeoutMs: option(milliseconds(1), 30_000, "how long a client without a connection is expected back"),
  pairTimeoutMs: option(milliseconds(1), 10_000, "how long a client may take to answer a pairing question"),
  signaling: option(toggle, false, "offer signaling to @peerloom/driver-socketio"),
  plainSignaling: option(toggle, false, "offer signaling to pages that use nothing but socket.io-client"),
  turnUrl: optional(list(turnUrl), "TURN servers for which clients get credentials"),
  turnSecret: optional(secret(8), "secret shared with the TURN servers (coturn: static-auth-secret)"),
  turnTtlSeconds: option(whole(60, 604_800, "S"), 3600, "how long TURN credentials are valid"),
  redis: optional({ ...redis, isSecret: true }, "Redis 7 that joins several relays; needs @peerloom/cluster-redis"),
  redisPrefix: option(prefix, "peerloom", "relays with the same one are joined"),
  redisLeaseMs: option(whole(200, 3_600_000, "MS"), 10_000, "how long a relay that says nothing keeps its place; the same for all"),
  logLevel: option(choice(["silent", "error", "warn", "info", "debug", "trace"]), "info", "how much is logged to standard output"),
  metrics: option(toggle, true, "answer /metrics"),
  metricsPort: optional(whole(1, 65_535), "answer /healthz, /readyz and /metrics on a port of their own, and nowhere else"),
  metricsHost: option(host, "127.0.0.1", "address of that port"),
  adminPassword: optional(secret(8), "serve socket.io's admin UI; needs @socket.io/admin-ui"),
  adminUser: option(word, "admin", "name to log in there"),
  drainWindowMs: option(milliseconds(0), 10_000, "on SIGTERM: time over which clients are asked to move"),
  drainDeadlineMs: option(milliseconds(0), 25_000, "on SIGTERM: time after which the relay closes, whatever still goes on"),
  ...limitSpecs,
};

/** The names of all options, in the order they are told. */
export const optionNames: readonly OptionName[] = Object.keys(specs) as OptionName[];

/** `tlsCert` is `--tls-cert`. */
export function flagOf(option: string): string {
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `tlsCert` is `PEERLOOM_TLS_CERT`. */
export function variableOf(option: string): string {
  return `PEERLOOM_${option.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

function isTurnUrl(given: string): boolean {
  try {
    return resolveTurn({ urls: given, secret: "any" }) !== undefined;
  } catch {
    return false;
  }
}

function isProxy(given: string): boolean {
  try {
    parseTrustedProxies([given]);
    return true;
  } catch {
    return false;
  }
}
