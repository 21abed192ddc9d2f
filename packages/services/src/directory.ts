import type { ListenOptions, PeerloomError, Unsubscribe, WaitOptions } from "@peerloom/core";
import type { Metadata, Provider, ServiceSummary } from "@peerloom/protocol";

/** What a provider says of a service that it offers. */
export interface ServiceOffer {
  readonly service: string;
  readonly version?: string | undefined;
  readonly metadata?: Metadata | undefined;
  /** Methods that do no harm when they run twice. */
  readonly idempotent?: readonly string[] | undefined;
}

/** Is told about the providers of one service. */
export interface ProviderListener {
  /** Those known now; again after each loss of the directory. */
  listed(providers: readonly Provider[]): void;
  changed(change: "join" | "update" | "leave", provider: Provider): void;
  /** The directory refuses to tell. It is asked again with the next `watchProviders`. */
  refused(error: PeerloomError): void;
}

/** Knows who offers which service. It never sees a call. */
export interface ServiceDirectory {
  /** Providers with this id, the relay's own, are chosen before all others. */
  readonly hostId: string | undefined;
  /** How long providers that are no longer listed may be on their way back, in milliseconds. */
  readonly sessionTimeoutMs: number;
  /**
   * Offers a service, from now on and again after each loss of the directory, until `withdraw`. Resolves when it is listed.
   *
   * @throws PeerloomError `FORBIDDEN`, `LIMIT`, `TOO_LARGE`, `CLOSED`.
   */
  provide(offer: ServiceOffer): Promise<void>;
  /** Takes an offer back. Never rejects. */
  withdraw(service: string): Promise<void>;
  watchProviders(service: string, listener: ProviderListener): Unsubscribe;
  /** All services that have providers. @throws PeerloomError `FORBIDDEN`, `TIMEOUT`, `ABORTED`, `CLOSED`. */
  services(wait?: WaitOptions): Promise<readonly ServiceSummary[]>;
  /** Tells each service that there is, and each change of the number of its providers: 0 when the last has left. */
  watchServices(listener: (service: ServiceSummary) => void, options?: ListenOptions): Unsubscribe;
}
