import type { Defer } from "@peerloom/core";
import { WIRE, type PeerStatus } from "@peerloom/protocol";
import type { ControlChannel } from "./control.ts";

/** Who wants to be told about a client: the sessions with it, or the application. */
export type WatchOwner = "session" | "application";

export interface WatchListOptions {
  readonly control: ControlChannel;
  readonly defer: Defer;
  /** Called for each status in an answer of the relay. */
  readonly onStatus: (status: PeerStatus) => void;
}

const retryMs = 1000;

/** The ids the relay shall tell about. Changes of one turn travel together; after a reconnect all are told again. */
export class WatchList {
  readonly #options: WatchListOptions;
  readonly #owners: { readonly [K in WatchOwner]: Set<string> } = { session: new Set(), application: new Set() };
  readonly #changed = new Set<string>();
  /** What the relay of this connection has been told. */
  readonly #told = new Set<string>();
  /** Ends the requests of this connection; undefined while offline. */
  #connection: AbortController | undefined;
  #isScheduled = false;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(options: WatchListOptions) {
    this.#options = options;
  }

  add(owner: WatchOwner, ids: readonly string[]): void {
    for (const id of ids) {
      this.#owners[owner].add(id);
      if (!this.#told.has(id)) this.#change(id);
    }
  }

  remove(owner: WatchOwner, ids: readonly string[]): void {
    for (const id of ids) {
      this.#owners[owner].delete(id);
      if (!this.#isWanted(id) && this.#told.has(id)) this.#change(id);
    }
  }

  /** Does the application itself watch this id? */
  isApplications(id: string): boolean {
    return this.#owners.application.has(id);
  }

  connected(): void {
    this.disconnected();
    this.#connection = new AbortController();
    for (const ids of Object.values(this.#owners)) for (const id of ids) this.#changed.add(id);
    this.#flush();
  }

  disconnected(): void {
    this.#connection?.abort();
    this.#connection = undefined;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#told.clear();
    this.#changed.clear();
  }

  clear(): void {
    this.disconnected();
    for (const ids of Object.values(this.#owners)) ids.clear();
  }

  #isWanted(id: string): boolean {
    return this.#owners.session.has(id) || this.#owners.application.has(id);
  }

  #change(id: string): void {
    if (this.#connection === undefined) return;
    this.#changed.add(id);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#options.defer(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#connection === undefined) return;
    const { signal } = this.#connection;
    const changed = [...this.#changed];
    this.#changed.clear();
    const watch = changed.filter((id) => this.#isWanted(id) && !this.#told.has(id));
    const unwatch = changed.filter((id) => !this.#isWanted(id) && this.#told.delete(id));
    for (const id of watch) this.#told.add(id);
    for (const ids of chunks(watch)) {
      const onReply = (states: readonly PeerStatus[]): void => states.forEach(this.#options.onStatus);
      this.#options.control.request("watch", { ids }, { onReply, signal }).catch(() => this.#failed(ids, signal));
    }
    // A relay that goes on telling about an id costs nothing but the notice.
    for (const ids of chunks(unwatch)) this.#options.control.request("unwatch", { ids }, { signal }).catch(() => {});
  }

  /** The relay did not take it, or not in time: once more after a while. */
  #failed(ids: readonly string[], signal: AbortSignal): void {
    if (signal.aborted) return;
    for (const id of ids) {
      this.#told.delete(id);
      this.#changed.add(id);
    }
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      this.#flush();
    }, retryMs);
  }
}

function chunks(ids: readonly string[]): string[][] {
  const pieces: string[][] = [];
  for (let from = 0; from < ids.length; from += WIRE.maxWatchIds) pieces.push(ids.slice(from, from + WIRE.maxWatchIds));
  return pieces;
}
