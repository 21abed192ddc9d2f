import { PeerloomError, type Unsubscribe } from "@peerloom/core";
import { isName } from "@peerloom/protocol";
import type { Namespace } from "socket.io";
import type { Admission } from "./admission.ts";
import type { ClusterStatus } from "./cluster/cluster.ts";
import { Nodes } from "./cluster/nodes.ts";
import { Common, type Phase } from "./common.ts";
import type { Core } from "./core.ts";
import { holdingsOf, trafficOf, type RelayStats } from "./counters.ts";
import { Door } from "./door.ts";
import { Drain, resolveDrain, type DrainOptions, type DrainReport, type DrainSettings } from "./drain.ts";
import type { Announce, RelayEvents } from "./events.ts";
import { Face } from "./face.ts";
import type { Connection } from "./line.ts";
import type { Settings } from "./options.ts";
import { createPlainSignaling } from "./plain-signaling/create.ts";
import type { PlainSignaling } from "./plain-signaling/plain-signaling.ts";
import { TenantRelay } from "./tenant-relay.ts";
import { Tenants } from "./tenants.ts";
import type { Observer } from "./timing.ts";

/**
 * A relay: it lets clients in, forwards their packets and rooms, and tells them about each other. It is also a client of its own,
 * reachable under `id`: others cannot tell the difference. Made by `attachRelay` and `createRelay`.
 */
export class Relay extends Face implements AsyncDisposable {
  /** Signaling for front ends that use nothing but socket.io-client; undefined without the option `plainSignaling`. */
  readonly plainSignaling: PlainSignaling | undefined;
  protected readonly common: Common;
  protected readonly tenants: Tenants;
  protected readonly core: Core;
  readonly #faces = new Map<string, TenantRelay>();
  readonly #door: Door;
  #mayWarn: boolean;
  #hasWarnedOfError = false;
  #drain: Drain | undefined;
  #draining: Promise<DrainReport> | undefined;
  #closing: Promise<void> | undefined;

  /** Not part of the API: use `attachRelay` or `createRelay`. */
  constructor(settings: Settings, namespace: Namespace, ownsConnections: boolean) {
    super();
    this.#mayWarn = settings.authenticate === undefined;
    this.common = new Common({ settings, namespace, ownsConnections, announce: this.#announce });
    this.tenants = new Tenants(this.common, (core) => this.#hearLocal(core));
    this.core = this.tenants.own;
    const { cluster } = settings;
    this.common.nodes = cluster && new Nodes(this.common, this.tenants, cluster);
    this.#door = new Door(this.common, this.tenants, {
      admitted: (address) => this.#warnOnce(address),
      entered: (connection) => this.entered(connection),
    });
    this.plainSignaling = createPlainSignaling(this.common);
    this.common.nodes?.start();
  }

  /** What the relay has done and holds, for all tenants together. */
  stats(): RelayStats {
    const { counters, congestion } = this.common;
    const { connections, packets, bytes, abroad, roomPackets, roomBytes, controls, malformed, errors } = counters;
    return {
      ...holdingsOf(this.tenants.cores()),
      tenants: this.tenants.size,
      connections,
      packets,
      bytes,
      abroad,
      roomPackets,
      roomBytes,
      controls,
      malformed,
      refused: Object.fromEntries(counters.refused),
      dismissed: Object.fromEntries(counters.dismissed),
      congested: congestion.size,
      ...trafficOf(this.tenants.cores()),
      errors,
    };
  }

  /**
   * The relay as a tenant has it, to provide services there, for instance. The same object for the same name, until it is closed.
   *
   * @throws TypeError when it is no name; PeerloomError `LIMIT` when there are too many tenants, `CLOSED`.
   */
  tenant(name: string): TenantRelay {
    if (!isName(name)) throw new TypeError("a tenant's name is a string of 1 to 128 bytes without control characters");
    const known = this.#faces.get(name);
    if (known !== undefined) return known;
    if (this.phase === "closed") throw new PeerloomError("CLOSED", "this relay is closed");
    const core = this.tenants.hold(name);
    const face = new TenantRelay(name, core, () => {
      this.#faces.delete(name);
      this.tenants.release(core);
    });
    this.#faces.set(name, face);
    return face;
  }

  /** Takes the time of what the relay does, for metrics; until the returned function runs, or the relay closes. */
  observe(observer: Observer): Unsubscribe {
    return this.common.timing.observe(observer);
  }

  /** How it stands with the other nodes; undefined for a relay that is alone. The event `cluster` tells of changes. */
  get cluster(): ClusterStatus | undefined {
    return this.common.nodes?.status;
  }

  /** Whether the relay lets clients in, lets go of them, or is closed. */
  get phase(): Phase {
    return this.common.phase;
  }

  /**
   * Closes the relay so that nobody notices: from now on clients are refused with `CLOSED`, which they take as a hint to try again; those that are here
   * are asked to move, spread over `windowMs`; those that use streams or requests of the relay itself are asked when these end, or at
   * `deadlineMs`. Then it closes. Later calls return the same promise. `close()` ends it early.
   *
   * @throws TypeError or RangeError naming the wrong option.
   */
  drain(options: DrainOptions = {}): Promise<DrainReport> {
    return (this.#draining ??= this.#letGo(resolveDrain(options)));
  }

  #enter(phase: Phase): void {
    this.common.phase = phase;
    this.#announce("phase", () => ({ phase }));
  }

  async #letGo(settings: DrainSettings): Promise<DrainReport> {
    if (this.common.phase === "open") this.#enter("draining");
    const { common, tenants } = this;
    const all = (): Admission[] => [...tenants.cores()].flatMap((core) => [...core.registry.values()].map((client) => ({ core, client })));
    const host = {
      now: common.settings.now,
      guard: (run: () => void) => common.guard(run),
      live: () => all().filter(({ client: { link } }) => link.at === "here" || link.at === "joining"),
      isBusy: ({ core, client }: Admission) => core.local.endpoint.workWith(client.id) > 0,
      ask: ({ core, client }: Admission) => core.dismiss(client, "CLOSED", "this relay is draining: another one takes over"),
    };
    this.#drain = new Drain(host, settings);
    const report = await this.#drain.done;
    await this.close();
    return report;
  }

  /**
   * Tells all clients that the relay closes, and lets nobody in any more. They reconnect, to another relay or to this one's successor.
   * Idempotent; never rejects. An `io` that was given stays open.
   */
  close(): Promise<void> {
    return (this.#closing ??= this.shutdown());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  protected async shutdown(): Promise<void> {
    const { common, tenants } = this;
    this.#enter("closed");
    this.#drain?.stop();
    this.#door.close();
    this.plainSignaling?.close();
    const left = common.nodes?.close();
    const sockets = await tenants.close();
    for (const socket of sockets) common.closeSocket(socket, "CLOSED", "this relay is closing");
    for (const face of [...this.#faces.values()]) face.close();
    await left;
    common.timing.clear();
    common.addresses.clear();
    common.audit.flush();
    this.removeAllListeners();
  }

  /** There is a client on a connection. */
  protected entered(_connection: Connection): void {}

  /** The relay hears of all tenants, and each tenant's face of its own. */
  readonly #announce: Announce = (name, event) => {
    const isHeard = this.listenerCount(name) > 0;
    if (name === "error" && !isHeard) return this.#warnOfError((event() as RelayEvents["error"]).error);
    if (!isHeard && this.#faces.size === 0) return;
    const told = event();
    this.emit(name, told);
    const tenant = "tenant" in told ? told.tenant : undefined;
    if (tenant !== undefined) this.#faces.get(tenant)?.hear(name, told);
  };

  #hearLocal(core: Core): void {
    const { tenant, local } = core;
    local.endpoint.on("error", ({ error }) => core.failed(error));
    local.endpoint.on("undeliverable", (event) =>
      this.#announce("undeliverable", () => ({ ...event, ...(tenant !== undefined && { tenant }) })),
    );
  }

  /** The first error that nobody listens for is told where warnings go, and no more: a hook could fail with each packet. */
  #warnOfError(error: unknown): void {
    if (this.#hasWarnedOfError) return;
    this.#hasWarnedOfError = true;
    this.common.settings.warn(`Peerloom: the relay had an error, and nothing listens to its event "error": ${String(error)}`);
  }

  #warnOnce(address: string): void {
    if (!this.#mayWarn || isLoopback(address)) return;
    this.warnOpen();
  }

  /** Says once that anyone may claim any id. */
  protected warnOpen(): void {
    if (!this.#mayWarn) return;
    this.#mayWarn = false;
    this.common.settings.warn(
      "Peerloom: this relay is open: anyone who reaches it may take any client id. Give it the option authenticate.",
    );
  }
}

/** Is this address, or host name, only reachable from the machine itself? */
export function isLoopback(address: string): boolean {
  return address === "localhost" || address === "::1" || /^(::ffff:)?127\./.test(address);
}
