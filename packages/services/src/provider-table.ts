import type { Provider } from "@peerloom/protocol";

/** Which providers a call may go to. */
export interface Choice {
  /** Only this provider. */
  readonly provider?: string | undefined;
  /** Only this version, or those that begin with it: `1` takes `1.4.0`. */
  readonly version?: string | undefined;
}

/**
 * The providers of one service, and whose turn it is; without I/O and time. The host (the relay itself) goes before all others; those
 * go in turn. Who is away, or failed, is the last resort: a call to one that is away waits for its return.
 */
export class ProviderTable {
  readonly #providers = new Map<string, Provider>();
  readonly #failed = new Set<string>();
  /** Known from before, but not in the latest list: they may be on their way back. */
  readonly #unlisted = new Set<string>();
  #turn = 0;

  get size(): number {
    return this.#providers.size;
  }

  get(id: string): Provider | undefined {
    return this.#providers.get(id);
  }

  /** The directory's list, after each connection. Those that it does not name are away until `expire`. */
  listed(providers: readonly Provider[]): void {
    this.#failed.clear();
    this.#unlisted.clear();
    for (const id of this.#providers.keys()) this.#unlisted.add(id);
    for (const provider of providers) this.#set(provider);
  }

  changed(change: "join" | "update" | "leave", provider: Provider): void {
    if (change !== "leave") return this.#set(provider);
    if (this.#providers.get(provider.id)?.instance === provider.instance) this.#drop(provider.id);
  }

  /** A call could not be brought to this provider: it comes last until the directory tells of it again. */
  failed(id: string): void {
    if (this.#providers.has(id)) this.#failed.add(id);
  }

  /** True when some are waited for. */
  get hasUnlisted(): boolean {
    return this.#unlisted.size > 0;
  }

  /** Those not listed are not waited for any longer. */
  expire(): void {
    for (const id of [...this.#unlisted]) this.#drop(id);
  }

  clear(): void {
    this.#providers.clear();
    this.#failed.clear();
    this.#unlisted.clear();
  }

  /** The provider for the next call, one that is not among the `tried`. */
  choose(hostId: string | undefined, { provider: only, version }: Choice, tried?: ReadonlySet<string>): Provider | undefined {
    let best: Provider | undefined;
    let bestRank = Infinity;
    let index = 0;
    const size = this.#providers.size;
    for (const provider of this.#providers.values()) {
      const place = (index++ - this.#turn + size) % size;
      if (only !== undefined && provider.id !== only) continue;
      if (version !== undefined && !isVersion(provider.version, version)) continue;
      if (tried?.has(provider.id)) continue;
      const rank = this.#isReady(provider) ? (provider.id === hostId ? -1 : place) : size + place;
      if (rank >= bestRank) continue;
      best = provider;
      bestRank = rank;
    }
    if (bestRank >= 0 && size > 0) this.#turn = (this.#turn + (bestRank % size) + 1) % size;
    return best;
  }

  #isReady({ id, state }: Provider): boolean {
    return state === "here" && !this.#unlisted.has(id) && !this.#failed.has(id);
  }

  #set(provider: Provider): void {
    this.#failed.delete(provider.id);
    this.#unlisted.delete(provider.id);
    this.#providers.set(provider.id, provider);
  }

  #drop(id: string): void {
    this.#providers.delete(id);
    this.#failed.delete(id);
    this.#unlisted.delete(id);
    this.#turn = 0;
  }
}

/** Is `given` the version that is wanted, or a finer one? */
function isVersion(given: string | undefined, wanted: string): boolean {
  return given === wanted || given?.startsWith(`${wanted}.`) === true;
}
