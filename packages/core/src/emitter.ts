/** Stops a listener; calling it again does nothing. */
export type Unsubscribe = () => void;

export interface ListenOptions {
  /** Removes the listener when it aborts. */
  readonly signal?: AbortSignal;
}

interface Entry {
  readonly call: (event: never) => unknown;
  readonly off: Unsubscribe;
  isOff: boolean;
}

/**
 * Typed events: `Events` maps each name to its payload. Only the owner may emit. A listener that throws, or returns a promise
 * that rejects, stops neither the others nor the owner: what it threw goes to the `error` listeners, or to the console when
 * there are none.
 */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<Entry>>();
  /** The listeners of a name as an event finds them: made by the first event after a change, not by each. */
  readonly #snapshots = new Map<keyof Events, readonly Entry[]>();

  /**
   * Calls `listener` on each `name` event until the returned function runs or `signal` aborts. One that is added during an
   * event is called from the next one on.
   *
   * @throws TypeError when `listener` is no function.
   */
  on<K extends keyof Events>(name: K, listener: (event: Events[K]) => void, { signal }: ListenOptions = {}): Unsubscribe {
    if (typeof listener !== "function") throw new TypeError(`the listener of "${String(name)}" must be a function, not ${typeof listener}`);
    if (signal?.aborted) return () => {};
    const off = (): void => {
      entry.isOff = true;
      set.delete(entry);
      this.#snapshots.delete(name);
      if (set.size === 0 && this.#listeners.get(name) === set) this.#listeners.delete(name);
      signal?.removeEventListener("abort", off);
    };
    const entry: Entry = { call: listener, off, isOff: false };
    const set = this.#listeners.get(name) ?? new Set<Entry>();
    this.#listeners.set(name, set.add(entry));
    this.#snapshots.delete(name);
    signal?.addEventListener("abort", off, { once: true });
    return off;
  }

  /** Like `on`, for the next event only. */
  once<K extends keyof Events>(name: K, listener: (event: Events[K]) => void, options: ListenOptions = {}): Unsubscribe {
    checkListener(name, listener);
    const off = this.on(
      name,
      (event) => {
        off();
        return listener(event);
      },
      options,
    );
    return off;
  }

  /** How many listeners `name` has. */
  listenerCount(name: keyof Events): number {
    return this.#listeners.get(name)?.size ?? 0;
  }

  protected emit<K extends keyof Events>(name: K, event: Events[K]): void {
    const entries = this.#snapshots.get(name) ?? this.#snapshot(name);
    // By number: an iterator would be garbage of each event.
    for (let index = 0; index < entries.length; index++) this.#call(name, entries[index], event);
  }

  /** Removes every listener, and what it left at its signal; owners call it last when they close. */
  protected removeAllListeners(): void {
    for (const set of [...this.#listeners.values()]) for (const { off } of [...set]) off();
  }

  #call<K extends keyof Events>(name: K, entry: Entry | undefined, event: Events[K]): void {
    // One that an earlier listener removed is not called any more.
    if (entry === undefined || entry.isOff) return;
    try {
      const result = (entry.call as (event: Events[K]) => unknown)(event);
      if (result instanceof Promise) this.#watch(name, result);
    } catch (thrown) {
      this.#report(name, thrown);
    }
  }

  #snapshot(name: keyof Events): readonly Entry[] {
    const set = this.#listeners.get(name);
    if (set === undefined) return [];
    const entries = [...set];
    this.#snapshots.set(name, entries);
    return entries;
  }

  #watch(name: keyof Events, result: Promise<unknown>): void {
    result.catch((thrown: unknown) => this.#report(name, thrown));
  }

  #report(name: keyof Events, thrown: unknown): void {
    // What an `error` listener throws goes to the console, never round in a circle.
    if (name === "error" || this.listenerCount("error" as keyof Events) === 0) {
      console.error(`A listener of "${String(name)}" threw`, thrown);
    } else this.emit("error" as keyof Events, { error: thrown } as Events[keyof Events]);
  }
}

function checkListener(name: PropertyKey, listener: unknown): void {
  if (typeof listener !== "function") throw new TypeError(`the listener of "${String(name)}" must be a function, not ${typeof listener}`);
}
