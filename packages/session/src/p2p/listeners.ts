import { checkCallback, type Callback } from "./callbacks.ts";

interface Listener {
  readonly callback: Callback;
  /** Only what this client sent; undefined for anyone. */
  readonly from: string | undefined;
  readonly isOnce: boolean;
}

/** An event's listeners; `all` are their callbacks when each is for anyone and for good, which is the common case. */
interface Entry {
  readonly listeners: readonly Listener[];
  readonly all: readonly Callback[] | undefined;
}

const nobody: readonly Listener[] = [];

function entryOf(listeners: readonly Listener[]): Entry {
  const isPlain = listeners.every(({ from, isOnce }) => from === undefined && !isOnce);
  return { listeners, all: isPlain ? listeners.map(({ callback }) => callback) : undefined };
}

/** Listeners by event, of anyone or of one client, called in the order they were added. */
export class Listeners {
  readonly #byEvent = new Map<string, Entry>();
  readonly #onFirst: (event: string) => () => void;
  readonly #off = new Map<string, () => void>();

  /** `onFirst` runs when an event gets its first listener; what it returns, when it loses its last. */
  constructor(onFirst: (event: string) => () => void) {
    this.#onFirst = onFirst;
  }

  /** How many there are. */
  get size(): number {
    return [...this.#byEvent.values()].reduce((sum, { listeners }) => sum + listeners.length, 0);
  }

  add(event: string, callback: Callback, { from, isOnce = false }: { readonly from?: string; readonly isOnce?: boolean } = {}): void {
    checkCallback(callback, `the listener of ${JSON.stringify(event)}`);
    const known = this.#byEvent.get(event)?.listeners ?? nobody;
    if (known.length === 0) this.#off.set(event, this.#onFirst(event));
    this.#byEvent.set(event, entryOf([...known, { callback, from, isOnce }]));
  }

  /** Removes a listener, the one added first, as `socket.off` does; without `callback` all of the event, without `event` all of `from`. */
  remove(from: string | undefined, event?: string, callback?: Callback): void {
    for (const name of event === undefined ? [...this.#byEvent.keys()] : [event]) {
      const listeners = this.#byEvent.get(name)?.listeners ?? nobody;
      const matches = (listener: Listener): boolean => listener.from === from && (callback ?? listener.callback) === listener.callback;
      const first = listeners.find(matches);
      this.#keep(name, (listener) => (callback === undefined ? !matches(listener) : listener !== first));
    }
  }

  /** The callbacks that what `from` sent is due to; those for one time only are removed. */
  take(from: string, event: string): readonly Callback[] {
    const entry = this.#byEvent.get(event);
    if (entry?.all !== undefined) return entry.all;
    const due = (entry?.listeners ?? nobody).filter((listener) => listener.from === undefined || listener.from === from);
    if (due.some(({ isOnce }) => isOnce)) this.#keep(event, (listener) => !listener.isOnce || !due.includes(listener));
    return due.map(({ callback }) => callback);
  }

  #keep(event: string, keeps: (listener: Listener) => boolean): void {
    const known = this.#byEvent.get(event);
    if (known === undefined) return;
    const left = known.listeners.filter(keeps);
    if (left.length > 0) return void this.#byEvent.set(event, entryOf(left));
    this.#byEvent.delete(event);
    this.#off.get(event)?.();
    this.#off.delete(event);
  }
}
