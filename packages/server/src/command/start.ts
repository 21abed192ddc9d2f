import type { Server as HttpServer } from "node:http";
import { isRecord } from "@peerloom/protocol";
import type { Logger } from "pino";
import { createRelay, type RelayServer } from "../create-relay.ts";
import type { DrainReport } from "../drain.ts";
import type { Authenticate } from "../hooks.ts";
import type { PlainSignalingOptions } from "../plain-signaling/options.ts";
import { isLoopback } from "../relay.ts";
import type { RelayServerOptions } from "../server-options.ts";
import { serveAdminUi } from "./admin-ui.ts";
import { loadCluster } from "./cluster.ts";
import { limitsOf } from "./limit-options.ts";
import { logRelay } from "./log-relay.ts";
import { createLog, type Write } from "./log.ts";
import type { CommandOptions } from "./options.ts";
import { listenForProbes, Probes } from "./probes.ts";
import type { Told } from "./read-options.ts";
import { readTls } from "./tls.ts";
import { readTokens } from "./tokens.ts";
import { UsageError } from "./usage-error.ts";

/** What the command does with the world outside. */
export interface Outside {
  readonly readFile: (path: string) => string;
  readonly write: Write;
}

/** A relay that the command has started. */
export interface Running {
  readonly url: string;
  readonly log: Logger;
  readonly relay: RelayServer;
  /** Reads certificate and public keys anew; what cannot be read is logged, and the old ones stay. */
  reload(): void;
  /** Drains the relay and ends all that was started with it. */
  drain(): Promise<DrainReport>;
}

/** Starts a relay as it was told. @throws UsageError, or PeerloomError `PORT_TAKEN`; then nothing is left running. */
export async function start(told: Told, { readFile, write }: Outside): Promise<Running> {
  const { options } = told;
  const log = createLog(options.logLevel, secretsOf(options), write);
  const tokens = readTokens(told, readFile);
  const probes = new Probes(options.metrics);
  const cluster = await loadCluster(told);
  const relay = makeRelay(told, {
    tls: readTls(told, readFile),
    authenticate: tokens?.authenticate,
    cluster,
    ...(options.metricsPort === undefined && { requestHandler: probes.handle }),
    ...(options.plainSignaling && { plainSignaling: tokens === undefined ? true : { admit: admitBy(tokens.authenticate) } }),
    warn: (message) => log.warn(message.replace("the option authenticate", "--auth-secret or --auth-jwks")),
  });
  let probeServer: HttpServer | undefined;
  const close = async (): Promise<void> => {
    await relay.close();
    probeServer?.closeAllConnections();
    probeServer?.close();
  };
  try {
    await serveAdminUi(relay.io, told);
    logRelay(relay, log);
    probes.watch(relay);
    if (options.metricsPort !== undefined) probeServer = await listenForProbes(probes.handle, options.metricsPort, options.metricsHost);
    const { url } = await relay.listen();
    const reload = (): void => reloadAll(told, readFile, log, relay, tokens?.reload);
    const drain = async (): Promise<DrainReport> => {
      const report = await relay.drain({ windowMs: options.drainWindowMs, deadlineMs: options.drainDeadlineMs });
      await close();
      return report;
    };
    advise(told, log);
    return { url, log, relay, reload, drain };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

function makeRelay({ options }: Told, rest: RelayServerOptions): RelayServer {
  const { port, host, path, namespace, origins, trustProxy, secret, relayId, duplicateId, sessionTimeoutMs, pairTimeoutMs } = options;
  const { allowList, allowOutsiders, signaling } = options;
  try {
    return createRelay({
      ...{
        port,
        host,
        path,
        namespace,
        origins,
        trustProxy,
        secret,
        relayId,
        duplicateId,
        sessionTimeoutMs,
        pairTimeoutMs,
        allowList,
        signaling,
      },
      rooms: { allowOutsiders },
      limits: limitsOf(options),
      turn: turnOf(options),
      ...rest,
    });
  } catch (thrown) {
    // What no option could know by itself, such as a certificate that does not fit its key.
    const name =
      options.tlsCert !== undefined && !(thrown instanceof TypeError || thrown instanceof RangeError) ? "--tls-cert, --tls-key: " : "";
    throw new UsageError(`${name}${(thrown as Error).message}`, { cause: thrown });
  }
}

function turnOf({ turnUrl, turnSecret, turnTtlSeconds }: CommandOptions): RelayServerOptions["turn"] {
  return turnUrl === undefined || turnSecret === undefined ? undefined : { urls: turnUrl, secret: turnSecret, ttlSeconds: turnTtlSeconds };
}

/** Front ends of plain signaling show the same token as clients: `io({ auth: { token } })`. */
function admitBy(authenticate: Authenticate): PlainSignalingOptions["admit"] {
  return async ({ auth, address, headers }) => {
    const token = isRecord(auth) && typeof auth["token"] === "string" ? auth["token"] : undefined;
    const request = { clientId: undefined, instance: "", token, metadata: undefined, address, headers };
    return Promise.resolve(authenticate(request)).then(Boolean, () => false);
  };
}

function reloadAll(
  told: Told,
  readFile: Outside["readFile"],
  log: Logger,
  relay: RelayServer,
  reloadTokens: (() => void) | undefined,
): void {
  try {
    const tls = readTls(told, readFile);
    if (tls !== undefined) relay.renewTls(tls);
    reloadTokens?.();
    log.info("certificate and keys were read anew");
  } catch (thrown) {
    log.error({ err: thrown }, "what was read before stays in use");
  }
}

/** What is risky, and yet allowed. */
function advise({ options, strays }: Told, log: Logger): void {
  for (const stray of strays) log.warn(`${stray} is set, but is no option`);
  if (options.redis === undefined && options.drainWindowMs >= options.sessionTimeoutMs)
    log.warn("--drain-window-ms is as long as --session-timeout-ms: clients that move early may give up those that move late");
  if (options.turnSecret !== undefined && options.authSecret === undefined && options.authJwks === undefined && !isLoopback(options.host))
    log.warn("anyone who reaches this relay gets TURN credentials: give it --auth-secret or --auth-jwks");
}

/** What must never be seen, neither as it is nor as a part of something else. */
function secretsOf({ secret, authSecret, turnSecret, adminPassword, redis }: CommandOptions): string[] {
  const redisPassword = redis === undefined ? undefined : decodeURIComponent(new URL(redis).password);
  return [secret, authSecret, turnSecret, adminPassword, redisPassword].filter((text) => text !== undefined && text !== "") as string[];
}
