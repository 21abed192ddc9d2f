import { Emitter, PeerloomError, type AnyCode, type ListenOptions, type Unsubscribe, type WaitOptions } from "@peerloom/core";
import type { Notices, ServiceSummary } from "@peerloom/protocol";
import type { ProviderListener, ServiceDirectory, ServiceOffer } from "@peerloom/services";
import type { ControlChannel } from "./control.ts";

export interface RelayDirectoryOptions {
  readonly control: ControlChannel;
  /** A service that was offered before is refused now. */
  readonly failed: (error: unknown) => void;
}

const retryMs = 1000;

/** Refusals that pass with time. */
const temporary: ReadonlySet<AnyCode> = new Set(["BUSY", "RATE_LIMITED", "TIMEOUT"]);

interface Entry {
  readonly offer: ServiceOffer;
  /** Settles when the relay of this connection has answered. */
  registered: Promise<void>;
  isListed: boolean;
}

/** Who offers which service, as the relay tells it. Offers and watches are told to the relay again on each connection. */
export class RelayDirectory extends Emitter<{ service: ServiceSummary }> implements ServiceDirectory {
  hostId: string | undefined;
  sessionTimeoutMs = 30_000;
  readonly #options: RelayDirectoryOptions;
  readonly #offers = new Map<string, Entry>();
  /** Services that the relay may still list for us, and must not. */
  readonly #withdrawn = new Set<string>();
  readonly #watches = new Map<string, Set<ProviderListener>>();
  readonly #summaries = new Map<string, ServiceSummary>();
  #watchers = 0;
  /** Ends the requests of this connection; undefined while offline. */
  #connection: AbortController | undefined;

  constructor(options: RelayDirectoryOptions) {
    super();
    this.#options = options;
  }

  async provide(offer: ServiceOffer): Promise<void> {
    this.#withdrawn.delete(offer.service);
    const entry: Entry = { offer, isListed: false, registered: Promise.resolve() };
    this.#offers.set(offer.service, entry);
    entry.registered = this.#register(entry);
    await entry.registered;
  }

  /** Resolves when the relay of this connection has been told that this client provides the service. */
  async registered(service: string): Promise<void> {
    const entry = this.#offers.get(service);
    if (entry === undefined) throw new PeerloomError("NO_PROVIDER", `${JSON.stringify(service)} is not provided here`);
    await entry.registered;
  }

  async withdraw(service: string): Promise<void> {
    if (!this.#offers.delete(service)) return;
    this.#withdrawn.add(service);
    if (this.#connection !== undefined) await this.#tellWithdrawn(service);
  }

  watchProviders(service: string, listener: ProviderListener): Unsubscribe {
    const known = this.#watches.get(service);
    const set = known ?? new Set<ProviderListener>();
    this.#watches.set(service, set.add(listener));
    this.#watch(service);
    return () => {
      if (!set.delete(listener) || set.size > 0) return;
      this.#watches.delete(service);
      // A relay that goes on telling costs nothing but the notice.
      if (this.#connection !== undefined) this.#options.control.request("providers", { service, watch: false }).catch(() => {});
    };
  }

  async services(wait: WaitOptions = {}): Promise<readonly ServiceSummary[]> {
    const all: ServiceSummary[] = [];
    for (let after: string | undefined; ;) {
      const page = await this.#options.control.request("services", after === undefined ? {} : { after }, wait);
      all.push(...page.services);
      if (page.next === undefined) return all;
      after = page.next;
    }
  }

  watchServices(listener: (service: ServiceSummary) => void, options: ListenOptions = {}): Unsubscribe {
    const off = this.on("service", listener, options);
    if (options.signal?.aborted) return off;
    this.#watchers += 1;
    if (this.#watchers === 1) void this.#watchServices();
    else for (const summary of [...this.#summaries.values()]) listener(summary);
    let isOver = false;
    const stop = (): void => {
      off();
      options.signal?.removeEventListener("abort", stop);
      if (isOver) return;
      isOver = true;
      this.#watchers -= 1;
      if (this.#watchers > 0) return;
      this.#summaries.clear();
      if (this.#connection !== undefined) this.#options.control.request("services", { watch: false }).catch(() => {});
    };
    options.signal?.addEventListener("abort", stop, { once: true });
    return stop;
  }

  /** There is a new connection: tells the relay all it has to know, offers first. */
  connected(hostId: string, sessionTimeoutMs: number): void {
    this.disconnected();
    this.hostId = hostId;
    this.sessionTimeoutMs = sessionTimeoutMs;
    this.#connection = new AbortController();
    for (const service of this.#withdrawn) void this.#tellWithdrawn(service);
    for (const entry of this.#offers.values()) if (entry.isListed) this.#again(entry);
    for (const service of this.#watches.keys()) this.#watch(service);
    if (this.#watchers > 0) void this.#watchServices();
  }

  disconnected(): void {
    this.#connection?.abort();
    this.#connection = undefined;
  }

  providerNotice({ service, change, provider }: Notices["provider"]): void {
    for (const listener of this.#watches.get(service) ?? []) listener.changed(change, provider);
  }

  serviceNotice({ service, providers }: Notices["service"]): void {
    if (this.#watchers > 0) this.#tell({ service, providers });
  }

  close(): void {
    this.disconnected();
    this.#offers.clear();
    this.#withdrawn.clear();
    this.#watches.clear();
    this.#summaries.clear();
    this.removeAllListeners();
  }

  /** Offers a service for the first time. The request is repeated by itself should the connection break. */
  async #register(entry: Entry): Promise<void> {
    const { offer } = entry;
    try {
      await this.#options.control.request("provide", offer, { timeoutMs: Infinity });
      entry.isListed = true;
    } catch (thrown) {
      if (this.#offers.get(offer.service) !== entry) throw thrown;
      if (PeerloomError.is(thrown) && temporary.has(thrown.code)) {
        await new Promise((resolve) => setTimeout(resolve, retryMs));
        return this.#register(entry);
      }
      this.#offers.delete(offer.service);
      throw thrown;
    }
  }

  /** Offers a service on another connection. */
  #again(entry: Entry): void {
    const signal = this.#connection?.signal;
    if (signal === undefined) return;
    entry.registered = this.#options.control.request("provide", entry.offer, { signal }).then(() => {});
    entry.registered.catch((thrown: unknown) => {
      if (signal.aborted || this.#offers.get(entry.offer.service) !== entry) return;
      if (PeerloomError.is(thrown) && temporary.has(thrown.code)) this.#later(signal, () => this.#again(entry));
      else this.#options.failed(thrown);
    });
  }

  async #tellWithdrawn(service: string): Promise<void> {
    const signal = this.#connection?.signal;
    try {
      await this.#options.control.request("withdraw", { service }, signal && { signal });
      this.#withdrawn.delete(service);
    } catch {
      // The next connection tells it again; until then calls are refused by ourselves.
    }
  }

  #watch(service: string): void {
    const signal = this.#connection?.signal;
    if (signal === undefined) return;
    const listeners = (): readonly ProviderListener[] => [...(this.#watches.get(service) ?? [])];
    const onReply = (providers: Parameters<ProviderListener["listed"]>[0]): void =>
      listeners().forEach((listener) => listener.listed(providers));
    this.#options.control.request("providers", { service, watch: true }, { signal, onReply }).catch((error: PeerloomError) => {
      if (signal.aborted) return;
      if (temporary.has(error.code)) return this.#later(signal, () => this.#watches.has(service) && this.#watch(service));
      for (const listener of listeners()) listener.refused(error);
    });
  }

  async #watchServices(): Promise<void> {
    const signal = this.#connection?.signal;
    if (signal === undefined) return;
    try {
      await this.#options.control.request("services", { watch: true, limit: 1 }, { signal });
      const all = await this.services({ signal });
      const listed = new Set(all.map(({ service }) => service));
      for (const { service } of [...this.#summaries.values()]) if (!listed.has(service)) this.#tell({ service, providers: 0 });
      for (const summary of all) if (this.#summaries.get(summary.service)?.providers !== summary.providers) this.#tell(summary);
    } catch (thrown) {
      if (signal.aborted) return;
      if (PeerloomError.is(thrown) && temporary.has(thrown.code)) this.#later(signal, () => void this.#watchServices());
      else this.#options.failed(thrown);
    }
  }

  #tell(summary: ServiceSummary): void {
    if (summary.providers > 0) this.#summaries.set(summary.service, summary);
    else this.#summaries.delete(summary.service);
    this.emit("service", summary);
  }

  #later(signal: AbortSignal, run: () => void): void {
    const timer = setTimeout(run, retryMs);
    signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  }
}
