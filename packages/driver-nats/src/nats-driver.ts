import type { NatsConnection } from "@nats-io/nats-core";
import { createDriver, type Driver } from "@peerloom/signaling";
import { NatsMedium } from "./nats-medium.ts";

export interface NatsDriverOptions {
  /** A connection of yours, by `connect` of `@nats-io/transport-node` or `wsconnect` of `@nats-io/nats-core`. It stays open. */
  readonly nc: NatsConnection;
  /** What the subjects begin with: `<prefix>.<room>` and `<prefix>.<room>.<peer>`. Empty for nothing. @defaultValue "peerloom" */
  readonly prefix?: string | undefined;
  /** Milliseconds a caller waits for NATS. @defaultValue 10_000 */
  readonly timeoutMs?: number | undefined;
}

const defaultMaxBytes = 1024 * 1024;

/**
 * A driver over NATS: rooms and peers are subjects, escaped, so that no name is a wildcard. Messages may be as large as the server takes
 * (`max_payload`, usually 1 MiB). While the connection is lost the driver is not active; when it is back, so are the subscriptions.
 *
 * @throws TypeError when `nc` is no connection, or `prefix` no subject.
 */
export function natsDriver({ nc, prefix = "peerloom", timeoutMs }: NatsDriverOptions): Driver {
  if (typeof (nc as NatsConnection | undefined)?.subscribe !== "function")
    throw new TypeError("natsDriver needs a NATS connection: { nc }");
  const start = prefix === "" ? "" : `${checkPrefix(prefix)}.`;
  const maxBytes = (): number => nc.info?.max_payload ?? defaultMaxBytes;
  return createDriver({ name: "nats", maxBytes, hasEcho: hasEcho(nc), keepsSubscriptions: true, timeoutMs }, (events) => {
    return new NatsMedium(nc, start, events);
  });
}

function checkPrefix(prefix: string): string {
  if (typeof prefix === "string" && /^[^\s.*>]+(\.[^\s.*>]+)*$/.test(prefix)) return prefix;
  throw new TypeError(`prefix must be a subject without wildcards, like "app.signaling", not ${JSON.stringify(prefix)}`);
}

/** A connection made with `noEcho` does not bring what it published itself. */
function hasEcho(nc: NatsConnection): boolean {
  const options: unknown = Reflect.get(nc, "options");
  return typeof options !== "object" || options === null || Reflect.get(options, "noEcho") !== true;
}
