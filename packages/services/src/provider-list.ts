import { deferred, type Deferred, type PeerloomError, type Unsubscribe } from "@peerloom/core";
import type { Provider } from "@peerloom/protocol";
import type { ProviderListener, ServiceDirectory } from "./directory.ts";
import { ProviderTable } from "./provider-table.ts";

/** Keeps the table of one service's providers as the directory tells it. */
export class ProviderList implements ProviderListener {
  readonly table: ProviderTable = new ProviderTable();
  /** Calls that use it now. */
  calls = 0;
  /** When it was used last, by the caller's count. */
  usedAt = 0;
  readonly #directory: ServiceDirectory;
  readonly #unwatch: Unsubscribe;
  readonly #first: Deferred<void> = deferred<void>();
  readonly #onRefused: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isReady = false;

  /** `onRefused` runs when the directory does not tell: then this list is of no more use. */
  constructor(service: string, directory: ServiceDirectory, onRefused: () => void) {
    this.#directory = directory;
    this.#onRefused = onRefused;
    // Whoever waits gets the error; that nobody does is no defect.
    this.#first.promise.catch(() => {});
    this.#unwatch = directory.watchProviders(service, this);
  }

  /** Has the directory told the providers yet? */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Resolves with the directory's first list. */
  get ready(): Promise<void> {
    return this.#first.promise;
  }

  listed(providers: readonly Provider[]): void {
    this.table.listed(providers);
    clearTimeout(this.#timer);
    this.#timer = this.table.hasUnlisted ? setTimeout(() => this.table.expire(), this.#directory.sessionTimeoutMs) : undefined;
    this.#isReady = true;
    this.#first.resolve();
  }

  changed(change: "join" | "update" | "leave", provider: Provider): void {
    this.table.changed(change, provider);
  }

  refused(error: PeerloomError): void {
    if (this.#isReady) return;
    this.close(error);
    this.#onRefused();
  }

  /** Lets go of the directory; whoever waits for the first list gets `error`. */
  close(error: PeerloomError): void {
    this.#unwatch();
    clearTimeout(this.#timer);
    this.table.clear();
    this.#first.reject(error);
  }
}
