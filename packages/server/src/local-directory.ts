import { Emitter, type ListenOptions, type Unsubscribe } from "@peerloom/core";
import type { Provider, ServiceSummary } from "@peerloom/protocol";
import type { ProviderListener, ServiceDirectory, ServiceOffer } from "@peerloom/services";
import type { Core } from "./core.ts";
import { tellProvider } from "./service-notices.ts";
import type { Registration } from "./service-registry.ts";

/** The relay's own view of the services it keeps the list of. */
export class LocalDirectory extends Emitter<{ service: ServiceSummary }> implements ServiceDirectory {
  readonly hostId: string;
  readonly sessionTimeoutMs: number;
  readonly #core: Core;
  readonly #instance: string;
  readonly #listeners = new Map<string, Set<ProviderListener>>();
  readonly #own = new Map<string, Registration>();

  constructor(core: Core, instance: string) {
    super();
    this.#core = core;
    this.#instance = instance;
    this.hostId = core.settings.relayId;
    this.sessionTimeoutMs = core.settings.sessionTimeoutMs;
  }

  async provide({ service, version, metadata, idempotent }: ServiceOffer): Promise<void> {
    const registration = { service, id: this.hostId, instance: this.#instance, client: undefined, version, metadata, idempotent };
    this.#own.set(service, registration);
    this.#core.services.set(registration);
    tellProvider(this.#core, registration, "join");
  }

  async withdraw(service: string): Promise<void> {
    const registration = this.#own.get(service);
    if (registration === undefined) return;
    this.#own.delete(service);
    this.#core.services.remove(registration);
    tellProvider(this.#core, registration, "leave");
  }

  watchProviders(service: string, listener: ProviderListener): Unsubscribe {
    const set = this.#listeners.get(service) ?? new Set<ProviderListener>();
    this.#listeners.set(service, set.add(listener));
    // Later, as over a socket: who asks is not ready yet.
    queueMicrotask(() => {
      if (set.has(listener)) listener.listed(this.#core.services.providersHere(service));
    });
    return () => {
      if (set.delete(listener) && set.size === 0) this.#listeners.delete(service);
    };
  }

  async services(): Promise<readonly ServiceSummary[]> {
    return this.#core.services.list();
  }

  watchServices(listener: (service: ServiceSummary) => void, options?: ListenOptions): Unsubscribe {
    for (const summary of this.#core.services.list()) listener(summary);
    return this.on("service", listener, options);
  }

  /** An offer has come, has changed, or is taken back. */
  provider(service: string, change: "join" | "update" | "leave", provider: Provider): void {
    for (const listener of this.#listeners.get(service) ?? []) listener.changed(change, provider);
  }

  /** The number of a service's providers has changed. */
  service(summary: ServiceSummary): void {
    this.emit("service", summary);
  }

  close(): void {
    this.removeAllListeners();
    this.#listeners.clear();
    this.#own.clear();
  }
}
