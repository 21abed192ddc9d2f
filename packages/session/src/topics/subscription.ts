import type { ListenOptions, Unsubscribe } from "@peerloom/core";
import type { SubscriptionCore } from "./subscription-core.ts";
import type { SubscriptionEvents } from "./subscription-options.ts";

/** A topic subscribed to. It lives across reconnects, and while nobody publishes the topic, until it is unsubscribed. */
export class Subscription implements AsyncDisposable {
  readonly service: string;
  readonly topic: string;
  readonly #core: SubscriptionCore;
  readonly #unsubscribe: () => Promise<void>;

  /** Subscriptions are made by `subscribe`. */
  constructor(core: SubscriptionCore, unsubscribe: () => Promise<void>) {
    this.service = core.name.service;
    this.topic = core.name.topic;
    this.#core = core;
    this.#unsubscribe = unsubscribe;
  }

  /** `waiting`: subscribed, and nobody publishes; `offline`: the relay is out of reach. */
  get state(): "live" | "waiting" | "offline" | "closed" {
    return this.#core.state;
  }

  /** The ids of those who publish. */
  get publishers(): string[] {
    return this.#core.publishers;
  }

  on<K extends keyof SubscriptionEvents>(name: K, listener: (event: SubscriptionEvents[K]) => void, options?: ListenOptions): Unsubscribe {
    return this.#core.events.on(name, listener, options);
  }

  once<K extends keyof SubscriptionEvents>(
    name: K,
    listener: (event: SubscriptionEvents[K]) => void,
    options?: ListenOptions,
  ): Unsubscribe {
    return this.#core.events.once(name, listener, options);
  }

  /** Idempotent; never rejects. From now on the handler is not called any more. */
  unsubscribe(): Promise<void> {
    return this.#unsubscribe();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.unsubscribe();
  }
}
