import type { ListenOptions, Unsubscribe } from "@peerloom/core";
import type { Client, ClientEvents, ClientState } from "../../src/index.ts";

interface Listenable {
  on(name: never, listener: (event: never) => void, options?: ListenOptions): Unsubscribe;
}

/** Collects the events of one name; `take` resolves to the oldest not yet taken, and waits for it. */
export class Inbox<T> {
  readonly all: T[] = [];
  readonly #waiting: ((event: T) => void)[] = [];
  readonly #counting: { readonly count: number; readonly resolve: () => void }[] = [];
  #taken = 0;

  readonly push = (event: T): void => {
    this.all.push(event);
    for (const { count, resolve } of this.#counting) if (this.all.length >= count) resolve();
    const waiting = this.#waiting.shift();
    if (waiting === undefined) return;
    this.#taken += 1;
    waiting(event);
  };

  take(): Promise<T> {
    const event = this.all[this.#taken];
    if (this.#taken >= this.all.length) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#taken += 1;
    return Promise.resolve(event as T);
  }

  async takeMany(count: number): Promise<T[]> {
    const events: T[] = [];
    while (events.length < count) events.push(await this.take());
    return events;
  }

  /** Resolves when there are so many in all, taken or not. */
  holds(count: number): Promise<void> {
    if (this.all.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.#counting.push({ count, resolve }));
  }
}

export function inboxOf<K extends keyof ClientEvents>(client: Client, name: K): Inbox<ClientEvents[K]> {
  const inbox = new Inbox<ClientEvents[K]>();
  client.on(name, inbox.push);
  return inbox;
}

/** First argument of each `event` an emitter with handlers (a room, a remote) hears. */
export function inboxOn<T>(source: Listenable, event: string): Inbox<T> {
  const inbox = new Inbox<T>();
  source.on(event as never, inbox.push as never);
  return inbox;
}

/** Resolves when the client is, or gets, into this state. */
export function reaches(client: Client, state: ClientState): Promise<void> {
  if (client.state === state) return Promise.resolve();
  return new Promise((resolve) => {
    const off = client.on("state", (event) => {
      if (event.state !== state) return;
      off();
      resolve();
    });
  });
}
