import { PeerloomError } from "@peerloom/core";
import type { Socket } from "socket.io";
import type { Common } from "./common.ts";
import { Core } from "./core.ts";
import { LocalClient } from "./local.ts";

/** What a name space asks of the table it is in. */
export interface TenantTable {
  /** @throws PeerloomError `LIMIT` when the relay, or the tenant, has as many clients as it may. */
  mayAdd(core: Core): void;
  /** Someone has gone: a tenant without clients is forgotten, unless somebody holds it. */
  tidySoon(core: Core): void;
}

/** A tenant's name space, and by how many it is held besides its clients. */
interface Entry {
  readonly core: Core;
  holds: number;
}

/**
 * The name spaces of a relay: its own, and one for each tenant that has clients or is held. Each has tables of its own (ids, rooms,
 * watches, services, topics) and names of its own among socket.io's rooms, so that nothing in one is ever found from another.
 */
export class Tenants implements TenantTable {
  /** The relay's own name space, for clients without a tenant. */
  readonly own: Core;
  readonly #common: Common;
  readonly #created: (core: Core) => void;
  readonly #entries = new Map<string, Entry>();

  /** `created` is told of each name space before anybody is in it. */
  constructor(common: Common, created: (core: Core) => void) {
    this.#common = common;
    this.#created = created;
    this.own = this.#create(undefined);
  }

  /** Tenants that have a name space now. */
  get size(): number {
    return this.#entries.size;
  }

  /** Clients of all name spaces, those away included. */
  get clients(): number {
    let clients = 0;
    for (const { registry } of this.cores()) clients += registry.size;
    return clients;
  }

  /** All name spaces, the relay's own first. */
  *cores(): Generator<Core> {
    yield this.own;
    for (const { core } of this.#entries.values()) yield core;
  }

  /** A name space that there is. */
  find(tenant: string | undefined): Core | undefined {
    return tenant === undefined ? this.own : this.#entries.get(tenant)?.core;
  }

  /**
   * A tenant's name space, made when there is none, and kept until it is released, and then until its last client has gone.
   *
   * @throws PeerloomError `LIMIT` when there are too many tenants.
   */
  hold(tenant: string | undefined): Core {
    if (tenant === undefined) return this.own;
    const entry = this.#entries.get(tenant) ?? this.#open(tenant);
    entry.holds += 1;
    return entry.core;
  }

  release({ tenant }: Core): void {
    const entry = tenant === undefined ? undefined : this.#entries.get(tenant);
    if (entry === undefined) return;
    entry.holds -= 1;
    this.#tidy(entry);
  }

  mayAdd(core: Core): void {
    const { clients, clientsPerTenant } = this.#common.settings.limits;
    if (this.clients >= clients) throw new PeerloomError("LIMIT", `this relay takes no more than ${clients} clients`);
    if (core.tenant !== undefined && core.registry.size >= clientsPerTenant)
      throw new PeerloomError("LIMIT", `a tenant may have ${clientsPerTenant} clients`);
  }

  /** Not at once: who takes the place of another is not in yet when that one goes. */
  tidySoon({ tenant }: Core): void {
    if (tenant === undefined) return;
    queueMicrotask(() => {
      const entry = this.#entries.get(tenant);
      if (entry !== undefined) this.#common.guard(() => this.#tidy(entry));
    });
  }

  /** Forgets everyone, without a word to anyone. @returns the sockets that are still open. */
  async close(): Promise<readonly Socket[]> {
    const cores = [...this.cores()];
    await Promise.all(cores.map(({ local }) => local.close()));
    const clients = cores.flatMap(({ registry }) => [...registry.values()]);
    const sockets = clients.flatMap(({ link }) => (link.at === "here" ? [link.socket] : []));
    for (const core of cores) core.clear();
    this.#entries.clear();
    this.#common.congestion.clear();
    return sockets;
  }

  #open(tenant: string): Entry {
    const { tenants } = this.#common.settings.limits;
    if (this.#entries.size >= tenants) throw new PeerloomError("LIMIT", `this relay has no place for more than ${tenants} tenants`);
    const entry = { core: this.#create(tenant), holds: 0 };
    this.#entries.set(tenant, entry);
    return entry;
  }

  #create(tenant: string | undefined): Core {
    const core = new Core(this.#common, this, tenant, (made) => new LocalClient(made));
    this.#created(core);
    return core;
  }

  #tidy({ core, holds }: Entry): void {
    if (holds > 0 || core.registry.size > 0 || core.replicas.size > 0 || core.tenant === undefined) return;
    this.#entries.delete(core.tenant);
    this.#common.background(core.local.close());
    core.clear();
  }
}
