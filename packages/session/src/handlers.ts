import type { ListenOptions, MessageHandler, Unsubscribe } from "@peerloom/core";

interface Entry {
  readonly handler: MessageHandler;
  readonly once: boolean;
  readonly off: () => void;
}

const nobody: readonly Entry[] = [];

/** Message handlers by event name. Lists are replaced, never changed, so a handler may add and remove handlers while it runs. */
export class Handlers {
  readonly #byEvent = new Map<string, readonly Entry[]>();

  get isEmpty(): boolean {
    return this.#byEvent.size === 0;
  }

  add(event: string, handler: MessageHandler, { signal }: ListenOptions = {}, once = false): Unsubscribe {
    if (typeof handler !== "function")
      throw new TypeError(`the handler of ${JSON.stringify(event)} must be a function, not ${typeof handler}`);
    if (signal?.aborted) return () => {};
    const entry: Entry = {
      handler,
      once,
      off: () => {
        signal?.removeEventListener("abort", entry.off);
        this.#keep(event, (other) => other !== entry);
      },
    };
    this.#byEvent.set(event, [...(this.#byEvent.get(event) ?? nobody), entry]);
    signal?.addEventListener("abort", entry.off, { once: true });
    return entry.off;
  }

  /** Without `handler` all of the event; without `event` all there are. */
  remove(event?: string, handler?: MessageHandler): void {
    const events = event === undefined ? [...this.#byEvent.keys()] : [event];
    for (const name of events) {
      for (const entry of this.#byEvent.get(name) ?? nobody) {
        if (handler === undefined || entry.handler === handler) entry.off();
      }
    }
  }

  /** The handlers an event is due to, in the order they were added; those for one event only are removed. */
  take(event: string): readonly Entry[] {
    const entries = this.#byEvent.get(event) ?? nobody;
    for (const entry of entries) if (entry.once) entry.off();
    return entries;
  }

  /** The first handler of an event: the one that answers requests. */
  takeFirst(event: string): Entry | undefined {
    const entry = this.#byEvent.get(event)?.[0];
    if (entry?.once) entry.off();
    return entry;
  }

  #keep(event: string, keeps: (entry: Entry) => boolean): void {
    const left = (this.#byEvent.get(event) ?? nobody).filter(keeps);
    if (left.length > 0) this.#byEvent.set(event, left);
    else this.#byEvent.delete(event);
  }
}
