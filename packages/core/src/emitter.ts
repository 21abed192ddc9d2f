/** Stops a listener; calling it again does nothing. */
export type Unsubscribe = () => void;

export interface ListenOptions {
  /** Removes the listener when it aborts. */
  readonly signal?: AbortSignal;
}

type Listener = (event: never) => void;

/**
 * Typed events: `Events` maps each name to its payload. Only the owner may emit. A listener that throws stops neither the
 * others nor the owner: what it threw goes to the `error` listeners, or to the console when there are none.
 */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<Listener>>();

  /** Calls `listener` on each `name` event until the returned function runs or `signal` aborts. */
  on<K extends keyof Events>(name: K, listener: (event: Events[K]) => void, { signal }: ListenOptions = {}): Unsubscribe {
    if (signal?.aborted) return () => {};
    const entry: Listener = (event: Events[K]) => listener(event);
    const set = this.#listeners.get(name) ?? new Set<Listener>();
    this.#listeners.set(name, set.add(entry));
    const off = (): void => {
      set.delete(entry);
      if (set.size === 0 && this.#listeners.get(name) === set) this.#listeners.delete(name);
      signal?.removeEventListener("abort", off);
    };
    signal?.addEventListener("abort", off, { once: true });
    return off;
  }

  /** Like `on`, for the next event only. */
  once<K extends keyof Events>(name: K, listener: (event: Events[K]) => void, options: ListenOptions = {}): Unsubscribe {
    const off = this.on(
      name,
      (event) => {
        off();
        listener(event);
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
    const set = this.#listeners.get(name);
    if (set === undefined) return;
    for (const listener of [...set] as ((event: Events[K]) => void)[]) {
      try {
        listener(event);
      } catch (thrown) {
        this.#report(name, thrown);
      }
    }
  }

  /** Removes every listener; owners call it last when they close. */
  protected removeAllListeners(): void {
    this.#listeners.clear();
  }

  #report(name: keyof Events, thrown: unknown): void {
    const handlers = name === "error" ? undefined : this.#listeners.get("error" as keyof Events);
    if (handlers === undefined) return console.error(`A listener of "${String(name)}" threw`, thrown);
    this.emit("error" as keyof Events, { error: thrown } as Events[keyof Events]);
  }
}
