import type { Metadata, Provider, ServiceSummary } from "@peerloom/protocol";
import type { Client } from "./client.ts";

/** Somebody's offer of a service. */
export interface Registration {
  readonly service: string;
  readonly id: string;
  readonly instance: string;
  /** Undefined when it is the relay's own. */
  readonly client: Client | undefined;
  readonly version: string | undefined;
  readonly metadata: Metadata | undefined;
  readonly idempotent: readonly string[] | undefined;
}

/** Who offers which service. Knows no sockets. */
export class ServiceRegistry {
  readonly #services = new Map<string, Map<string, Registration>>();

  /** Services with providers. */
  get size(): number {
    return this.#services.size;
  }

  get(service: string, id: string): Registration | undefined {
    return this.#services.get(service)?.get(id);
  }

  count(service: string): number {
    return this.#services.get(service)?.size ?? 0;
  }

  providers(service: string): Provider[] {
    return [...(this.#services.get(service)?.values() ?? [])].map(providerOf);
  }

  /** Those that the relay itself can reach: on its own node. */
  providersHere(service: string): Provider[] {
    const here = [...(this.#services.get(service)?.values() ?? [])].filter(({ client }) => client?.link.at !== "abroad");
    return here.map(providerOf);
  }

  /** Adds an offer, or replaces the provider's earlier one. */
  set(registration: Registration): void {
    const { service, id, client } = registration;
    const providers = this.#services.get(service) ?? new Map<string, Registration>();
    this.#services.set(service, providers.set(id, registration));
    if (client !== undefined) client.provides = (client.provides ?? new Map<string, Registration>()).set(service, registration);
  }

  remove({ service, id, client }: Registration): void {
    client?.provides?.delete(service);
    const providers = this.#services.get(service);
    if (providers?.delete(id) && providers.size === 0) this.#services.delete(service);
  }

  /** The `size` services with the smallest names greater than `after`, in one pass; all of them without `size`. */
  list(after: string = "", size: number = Infinity): ServiceSummary[] {
    const names = [...this.#services.keys()].filter((name) => name > after).sort();
    return names.slice(0, size).map((service) => ({ service, providers: this.count(service) }));
  }

  clear(): void {
    this.#services.clear();
  }
}

/** How others see an offer. */
export function providerOf({ id, instance, client, version, metadata, idempotent }: Registration): Provider {
  return {
    id,
    instance,
    state: client?.state ?? "here",
    ...(version !== undefined && { version }),
    ...(metadata !== undefined && { metadata }),
    ...(idempotent !== undefined && { idempotent }),
  };
}
