import { randomBytes } from "node:crypto";
import type { AnyCode, ErrorCode } from "@peerloom/core";
import type { Logger } from "pino";
import type { Relay } from "../relay.ts";

/** Refusals that belong to a day like any other: somebody is not there, or for a moment, or this relay drains. */
const ordinary: ReadonlySet<AnyCode> = new Set<ErrorCode>(["ABORTED", "BUSY", "CLOSED", "PEER_AWAY", "PEER_NOT_FOUND"]);

/**
 * Writes down what happens on a relay. Each connection of a client has an id of its own, `connection`, which stands in all lines about it. What
 * clients say to each other is not known here, and what they say of themselves (token, claims, metadata) is not written.
 */
export function logRelay(relay: Relay, log: Logger): void {
  const connections = new Map<string, string>();
  const idOf = ({ tenant, clientId }: Named): string | undefined => connections.get(key(tenant, clientId));
  relay.on("connection", ({ tenant, clientId, instance, isResumed }) => {
    const connection = randomBytes(6).toString("base64url");
    connections.set(key(tenant, clientId), connection);
    log.info({ connection, tenant, clientId, instance, isResumed }, "client connected");
  });
  relay.on("away", (event) => log.info({ connection: idOf(event), ...event }, "client away"));
  relay.on("gone", (event) => {
    log.info({ connection: idOf(event), ...event }, "client gone");
    connections.delete(key(event.tenant, event.clientId));
  });
  relay.on("audit", ({ where, ...entry }) => {
    const isAboutClient = where === "dismissal" && entry.clientId !== undefined;
    const connection = isAboutClient ? idOf({ tenant: entry.tenant, clientId: entry.clientId ?? "" }) : undefined;
    const level = ordinary.has(entry.code) ? "debug" : "warn";
    log[level](
      { ...(connection !== undefined && { connection }), where, ...entry },
      where === "dismissal" ? "client dismissed" : "refused",
    );
  });
  relay.on("cluster", ({ state, nodes, clientsElsewhere }) =>
    log[state === "up" ? "info" : "warn"]({ state, nodes, clientsElsewhere }, "cluster"),
  );
  relay.on("undeliverable", ({ error, ...event }) => log.warn({ ...event, code: error.code }, "undeliverable"));
  relay.on("error", ({ error }) => log.error({ err: error instanceof Error ? error : new Error(String(error)) }, "error"));
}

interface Named {
  readonly tenant?: string | undefined;
  readonly clientId: string;
}

/** Names have no control characters, so no two pairs have the same key. */
function key(tenant: string | undefined, clientId: string): string {
  return tenant === undefined ? clientId : `${tenant}\n${clientId}`;
}
