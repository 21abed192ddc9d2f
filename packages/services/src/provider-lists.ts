import { PeerloomError } from "@peerloom/core";
import type { ServiceDirectory } from "./directory.ts";
import { ProviderList } from "./provider-list.ts";

/** Lists kept at once. */
const maxLists = 500;

/** The lists of the services that are called. One that is not in use makes room for another: it is fetched again when it is needed. */
export class ProviderLists {
  readonly #directory: ServiceDirectory;
  readonly #lists = new Map<string, ProviderList>();
  #clock = 0;
  #closed: PeerloomError | undefined;

  constructor(directory: ServiceDirectory) {
    this.#directory = directory;
  }

  get size(): number {
    return this.#lists.size;
  }

  /** The list of a service, to be given back by `release`. @throws PeerloomError `CLOSED`. */
  take(service: string): ProviderList {
    const list = this.#lists.get(service) ?? this.#add(service);
    list.calls += 1;
    list.usedAt = this.#clock += 1;
    return list;
  }

  /** The list of a service that the directory has told, for use at once. */
  ready(service: string): ProviderList | undefined {
    const list = this.#lists.get(service);
    if (list?.isReady !== true) return undefined;
    list.usedAt = this.#clock += 1;
    return list;
  }

  release(list: ProviderList): void {
    list.calls -= 1;
  }

  close(error: PeerloomError): void {
    this.#closed = error;
    for (const list of this.#lists.values()) list.close(error);
    this.#lists.clear();
  }

  #add(service: string): ProviderList {
    if (this.#closed !== undefined) throw this.#closed;
    if (this.#lists.size >= maxLists) this.#makeRoom();
    const list: ProviderList = new ProviderList(service, this.#directory, () => {
      if (this.#lists.get(service) === list) this.#lists.delete(service);
    });
    this.#lists.set(service, list);
    return list;
  }

  #makeRoom(): void {
    let oldest: readonly [string, ProviderList] | undefined;
    for (const entry of this.#lists) {
      if (entry[1].calls === 0 && entry[1].usedAt < (oldest?.[1].usedAt ?? Infinity)) oldest = entry;
    }
    if (oldest === undefined) return;
    this.#lists.delete(oldest[0]);
    oldest[1].close(new PeerloomError("CLOSED", "this list of providers made room for another"));
  }
}
