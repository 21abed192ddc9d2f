import type { Core } from "./core.ts";
import { holdingsOf, type Holdings } from "./counters.ts";
import type { RelayEvents } from "./events.ts";
import { Face } from "./face.ts";

/**
 * A relay as one of its tenants has it: what it provides, publishes and sends here reaches this tenant's clients alone, and its events are
 * those of this tenant. Made by `relay.tenant(name)`; the name space stays, with or without clients, until `close()`.
 */
export class TenantRelay extends Face implements AsyncDisposable {
  readonly name: string;
  protected readonly core: Core;
  readonly #release: () => void;
  #isClosed = false;

  /** Not part of the API: use `relay.tenant`. */
  constructor(name: string, core: Core, release: () => void) {
    super();
    this.name = name;
    this.core = core;
    this.#release = release;
  }

  /** What this tenant holds of the relay. */
  stats(): Holdings {
    return holdingsOf([this.core]);
  }

  /** Not part of the API: passes on what the relay announces. */
  hear<K extends keyof RelayEvents>(name: K, event: RelayEvents[K]): void {
    this.emit(name, event);
  }

  /** Stops to hold the name space and to listen: when its last client has gone, all that the relay provides there goes with it. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.removeAllListeners();
    this.#release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}
