import type { ConnectionOptions } from "node:tls";

export interface RedisClusterOptions {
  /** What the names of all keys and channels begin with: relays with the same one are one cluster. @defaultValue "peerloom" */
  readonly prefix?: string | undefined;
  /**
   * Milliseconds for which a node that says nothing keeps its place and its ids; it renews that four times as often. Give all nodes the same.
   * @defaultValue 10_000
   */
  readonly leaseMs?: number | undefined;
  /** Bytes on their way to Redis before packets to other nodes are refused with `BUSY`. @defaultValue 8_388_608 */
  readonly queueBytes?: number | undefined;
  /** For `rediss:` URLs: certificates, and whatever else `tls.connect` takes. */
  readonly tls?: ConnectionOptions | undefined;
  /** A clock in milliseconds that never goes back. @defaultValue performance.now */
  readonly now?: (() => number) | undefined;
}

/** The same with every default filled in, and the URL read. */
export interface RedisSettings {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  readonly user: string;
  readonly password: string;
  readonly database: number;
  readonly prefix: string;
  readonly leaseMs: number;
  readonly queueBytes: number;
  readonly tls: ConnectionOptions;
  readonly now: () => number;
}

const names: { readonly [K in keyof RedisClusterOptions]-?: true } = {
  prefix: true,
  leaseMs: true,
  queueBytes: true,
  tls: true,
  now: true,
};

/** @throws TypeError when the URL or an option is wrong, RangeError when a number is out of range; each names it. */
export function resolveOptions(url: string, options: RedisClusterOptions): RedisSettings {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(names, name));
  if (unknown !== undefined) throw new TypeError(`unknown option "${unknown}"; there are ${Object.keys(names).join(", ")}`);
  const { prefix = "peerloom", tls = {}, now = () => performance.now() } = options;
  if (typeof prefix !== "string" || !/^[^{}\s]{1,64}$/.test(prefix))
    throw new TypeError("option prefix must be a string of 1 to 64 characters without braces and spaces");
  const leaseMs = whole("leaseMs", options.leaseMs ?? 10_000, 200, 3_600_000);
  const queueBytes = whole("queueBytes", options.queueBytes ?? 8 * 1024 * 1024, 65_536, 1024 ** 3);
  return { ...readUrl(url), prefix, leaseMs, queueBytes, tls, now };
}

function readUrl(url: string): Pick<RedisSettings, "host" | "port" | "isTls" | "user" | "password" | "database"> {
  // The URL may hold a password, so it is not repeated.
  if (typeof url !== "string" || !URL.canParse(url)) throw new TypeError("the URL of Redis must look like redis://host:6379");
  const { protocol, hostname, port, username, password, pathname } = new URL(url);
  if (protocol !== "redis:" && protocol !== "rediss:")
    throw new TypeError(`the URL of Redis must begin with redis: or rediss:, not ${protocol}`);
  const database = pathname === "" || pathname === "/" ? 0 : Number(pathname.slice(1));
  if (!Number.isInteger(database)) throw new TypeError(`the path of Redis' URL is the number of a database, not ${pathname}`);
  return {
    host: hostname.replace(/^\[(.*)\]$/, "$1") || "127.0.0.1",
    port: port === "" ? 6379 : Number(port),
    isTls: protocol === "rediss:",
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database,
  };
}

function whole(name: string, value: number, min: number, max: number): number {
  if (typeof value !== "number") throw new TypeError(`option ${name} must be a number, not ${typeof value}`);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new RangeError(`option ${name} must be a whole number from ${min} to ${max}, not ${value}`);
}
