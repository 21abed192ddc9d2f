import type { IncomingMessage, ServerResponse } from "node:http";
import { checkNames, optionalFunction, relayOptionNames, resolveOptions, type RelayOptions, type Settings } from "./options.ts";

/** Answers HTTP requests that are not socket.io's. May return a promise. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => unknown;

export interface ListenAddress {
  readonly port: number;
  readonly host: string;
}

/** A certificate with its chain, and its private key, in PEM. */
export interface TlsFiles {
  readonly cert: string | Uint8Array;
  readonly key: string | Uint8Array;
}

/** Options of a relay with an HTTP server of its own. */
export interface RelayServerOptions extends RelayOptions {
  /** TCP port; 0 takes any free one. @defaultValue 8080 */
  readonly port?: number | undefined;
  /** Address to listen on; `0.0.0.0` for all of IPv4. @defaultValue "127.0.0.1" */
  readonly host?: string | undefined;
  /** Path of socket.io's requests. @defaultValue "/socket.io/" */
  readonly path?: string | undefined;
  /** Origins of the web pages that may connect, like `https://example.org`. @defaultValue all */
  readonly origins?: readonly string[] | undefined;
  /** Certificate and key (PEM): then the relay speaks https and wss. @defaultValue plain http */
  readonly tls?: TlsFiles | undefined;
  /** Answers all other HTTP requests on the same port: files, health, metrics. @defaultValue 404 */
  readonly requestHandler?: RequestHandler | undefined;
}

/** The same with every default filled in. */
export interface ServerSettings extends ListenAddress {
  readonly path: string;
  readonly origins: readonly string[] | undefined;
  readonly requestHandler: RequestHandler;
  readonly tls: TlsFiles | undefined;
  readonly relay: Settings;
}

const ownNames = { port: true, host: true, path: true, origins: true, requestHandler: true, tls: true } as const;

/** @throws TypeError or RangeError naming the wrong option. */
export function resolveServerOptions(options: RelayServerOptions = {}): ServerSettings {
  checkNames("option", options, { ...relayOptionNames, ...ownNames });
  const { port, host, path, origins, requestHandler, tls, ...relay } = options;
  return {
    port: checkPort(port ?? 8080),
    host: text("host", host ?? "127.0.0.1"),
    path: checkPath(path ?? "/socket.io/"),
    origins: checkOrigins(origins),
    requestHandler: optionalFunction("requestHandler", requestHandler) ?? notFound,
    tls: checkTls(tls),
    relay: resolveOptions(relay),
  };
}

/** @throws TypeError or RangeError when it is no port. */
function checkPort(port: number): number {
  if (typeof port !== "number") throw new TypeError(`option port must be a number, not ${typeof port}`);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new RangeError(`option port must be a whole number from 0 to 65535, not ${port}`);
}

function text(name: string, value: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new TypeError(`option ${name} must be a string that is not empty, not ${JSON.stringify(value)}`);
}

function checkPath(value: string): string {
  if (typeof value === "string" && /^\/[^?#\s]*$/.test(value)) return value;
  throw new TypeError(`option path must be a string that begins with "/", not ${JSON.stringify(value)}`);
}

function checkOrigins(origins: readonly string[] | undefined): readonly string[] | undefined {
  if (origins === undefined) return undefined;
  if (!Array.isArray(origins)) throw new TypeError("option origins must be an array of strings like https://example.org");
  for (const origin of origins as readonly unknown[]) {
    if (typeof origin !== "string" || !URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new TypeError(`option origins: ${JSON.stringify(origin)} is no origin; one looks like https://example.org`);
    }
  }
  return origins;
}

function checkTls(tls: TlsFiles | undefined): TlsFiles | undefined {
  if (tls === undefined) return undefined;
  const isPem = (value: unknown): boolean => typeof value === "string" || value instanceof Uint8Array;
  if (typeof tls === "object" && tls !== null && isPem(tls.cert) && isPem(tls.key)) return tls;
  throw new TypeError("option tls must be { cert, key }, both in PEM");
}

function notFound(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
}
