/** TURN servers (coturn with `use-auth-secret`) for which the relay makes credentials. */
export interface TurnOptions {
  /** Their URLs, such as `turn:turn.example.org:3478?transport=udp`; `stun:` ones are told as they are. */
  readonly urls: string | readonly string[];
  /** The secret they share with the relay: coturn's `static-auth-secret`. It never leaves the relay. */
  readonly secret: string;
  /** How long credentials hold, in seconds; 60 at least. @defaultValue 3600 */
  readonly ttlSeconds?: number | undefined;
}

/** `TurnOptions`, checked. */
export interface TurnSettings {
  readonly turnUrls: readonly string[];
  readonly stunUrls: readonly string[];
  readonly secret: string;
  readonly ttlSeconds: number;
}

const names = ["urls", "secret", "ttlSeconds"];
const form = /^(?:turns?|stuns?):[^\s/]+$/;
const minTtlSeconds = 60;
const maxTtlSeconds = 7 * 24 * 3600;
const maxUrls = 16;

/** Reads the option `turn`. @throws TypeError or RangeError naming what is wrong; the secret is not repeated. */
export function resolveTurn(given: TurnOptions | undefined): TurnSettings | undefined {
  if (given === undefined) return undefined;
  if (typeof given !== "object" || given === null) throw new TypeError(`option turn must be an object, not ${String(given)}`);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new TypeError(`unknown option turn "${unknown}"; there are ${names.join(", ")}`);
  const { secret, ttlSeconds = 3600 } = given;
  const urls = typeof given.urls === "string" ? [given.urls] : given.urls;
  if (!Array.isArray(urls) || urls.length === 0 || urls.length > maxUrls)
    throw new TypeError(`option turn.urls must be one to ${maxUrls} URLs like "turn:turn.example.org:3478"`);
  const wrong: unknown = urls.find((url: unknown) => typeof url !== "string" || !form.test(url));
  if (wrong !== undefined) throw new TypeError(`option turn.urls: ${JSON.stringify(wrong)} is no URL like "turn:turn.example.org:3478"`);
  if (typeof secret !== "string" || secret === "") throw new TypeError("option turn.secret must be a string that is not empty");
  if (typeof ttlSeconds !== "number") throw new TypeError(`option turn.ttlSeconds must be a number, not ${typeof ttlSeconds}`);
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < minTtlSeconds || ttlSeconds > maxTtlSeconds)
    throw new RangeError(`option turn.ttlSeconds must be a whole number from ${minTtlSeconds} to ${maxTtlSeconds}, not ${ttlSeconds}`);
  const isStun = (url: string): boolean => url.startsWith("stun");
  return { turnUrls: urls.filter((url) => !isStun(url)), stunUrls: urls.filter(isStun), secret, ttlSeconds };
}
