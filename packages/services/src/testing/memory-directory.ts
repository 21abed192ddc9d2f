import type { PeerloomError } from "@peerloom/core";
import type { Provider, ServiceSummary } from "@peerloom/protocol";
import type { ProviderListener, ServiceDirectory, ServiceOffer } from "../directory.ts";

export interface MemoryDirectoryOptions {
  /** Providers with this id go first. */
  readonly hostId?: string;
  /** Runs a function later. @defaultValue queueMicrotask */
  readonly defer?: (run: () => void) => void;
}

/** A directory in memory, with a face for each client. Tests change it as a relay would: providers go away, the list is lost. */
export class MemoryDirectory {
  readonly hostId: string | undefined;
  /** Refuses offers and watches with this error. */
  refusal: PeerloomError | undefined;
  readonly #providers = new Map<string, Map<string, Provider>>();
  readonly #watchers = new Map<string, Set<ProviderListener>>();
  readonly #listeners = new Set<(service: ServiceSummary) => void>();
  readonly #defer: (run: () => void) => void;

  constructor({ hostId, defer = queueMicrotask }: MemoryDirectoryOptions = {}) {
    this.hostId = hostId;
    this.#defer = defer;
  }

  /** How many lists are watched. */
  get watches(): number {
    return [...this.#watchers.values()].reduce((sum, set) => sum + set.size, 0);
  }

  /** The directory as one client sees it. */
  face(id: string, instance: string): ServiceDirectory {
    return {
      hostId: this.hostId,
      sessionTimeoutMs: 1000,
      provide: async (offer) => {
        if (this.refusal !== undefined) throw this.refusal;
        this.set(offer, { id, instance });
      },
      withdraw: async (service) => this.remove(service, id),
      watchProviders: (service, listener) => {
        const set = this.#watchers.get(service) ?? new Set();
        this.#watchers.set(service, set.add(listener));
        const { refusal } = this;
        this.#defer(() => (refusal === undefined ? listener.listed(this.providers(service)) : listener.refused(refusal)));
        return () => void set.delete(listener);
      },
      services: async () => this.#summaries(),
      watchServices: (listener) => {
        this.#listeners.add(listener);
        for (const summary of this.#summaries()) listener(summary);
        return () => void this.#listeners.delete(listener);
      },
    };
  }

  /** Those that offer a service now. */
  providers(service: string): Provider[] {
    return [...(this.#providers.get(service)?.values() ?? [])];
  }

  set(
    { service, version, metadata, idempotent }: ServiceOffer,
    { id, instance }: { readonly id: string; readonly instance: string },
  ): void {
    const providers = this.#providers.get(service) ?? new Map<string, Provider>();
    const change = providers.has(id) ? "update" : "join";
    const provider: Provider = { id, instance, state: "here", version, metadata, idempotent };
    this.#providers.set(service, providers.set(id, provider));
    this.#tell(service, change, provider);
  }

  /** Tells that a provider is here, or away. */
  setState(service: string, id: string, state: "here" | "away"): void {
    const provider = this.#providers.get(service)?.get(id);
    if (provider === undefined) throw new Error("no such provider");
    const changed = { ...provider, state };
    this.#providers.get(service)?.set(id, changed);
    this.#tell(service, "update", changed);
  }

  /** Takes an offer back. */
  remove(service: string, id: string): void {
    const provider = this.#providers.get(service)?.get(id);
    if (provider === undefined) return;
    this.#providers.get(service)?.delete(id);
    this.#tell(service, "leave", provider);
  }

  /** Forgets a provider and tells nobody: lists are stale. */
  forget(service: string, id: string): void {
    this.#providers.get(service)?.delete(id);
  }

  /** Tells everyone the list anew, as after a reconnect. */
  relist(): void {
    for (const [service, set] of this.#watchers) for (const listener of set) listener.listed(this.providers(service));
  }

  #tell(service: string, change: "join" | "update" | "leave", provider: Provider): void {
    for (const listener of this.#watchers.get(service) ?? []) listener.changed(change, provider);
    for (const listener of this.#listeners) listener({ service, providers: this.providers(service).length });
  }

  #summaries(): ServiceSummary[] {
    return [...this.#providers].map(([service, { size }]) => ({ service, providers: size })).filter(({ providers }) => providers > 0);
  }
}
