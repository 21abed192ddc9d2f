import { PeerloomError, type MessageHandler, type Port } from "@peerloom/core";
import { checkName } from "@peerloom/protocol";
import type { Subscription } from "../topics/subscription.ts";
import type { Topic, TopicOptions } from "../topics/topic.ts";
import { callAll, checkCallback, type Callback } from "./callbacks.ts";

/** A port that has topics: a client, or the relay. */
export interface TopicPort extends Port {
  createTopic(service: string, topic: string, options?: TopicOptions): Topic;
  subscribe(service: string, topic: string, handler: MessageHandler): Promise<Subscription>;
}

/** The topics of one service that are published here. */
export class OwnTopics {
  readonly #port: TopicPort;
  readonly #service: string;
  readonly #topics = new Map<string, Topic>();

  constructor(port: TopicPort, service: string) {
    this.#port = port;
    this.#service = service;
  }

  get names(): readonly string[] {
    return [...this.#topics.keys()];
  }

  /** Creates topics; those that there are stay as they are. @throws TypeError when a name is none. */
  create(names: readonly (string | readonly string[])[]): void {
    for (const name of checkNames(names)) {
      if (!this.#topics.has(name)) this.#topics.set(name, this.#port.createTopic(this.#service, name));
    }
  }

  /** Destroys topics, all without names; subscribers are told. Never rejects. */
  async destroy(names: readonly (string | readonly string[])[]): Promise<void> {
    const wanted = names.length === 0 ? this.names : checkNames(names);
    await Promise.all(
      wanted.map(async (name) => {
        const topic = this.#topics.get(name);
        this.#topics.delete(name);
        await topic?.destroy();
      }),
    );
  }

  /** @throws TypeError when there is no such topic, or an argument cannot be carried; PeerloomError `OVERFLOW`, `TOO_LARGE`, `CLOSED`. */
  publish(name: string, args: readonly unknown[]): boolean {
    const topic = this.#topics.get(checkName(name, "a topic's name"));
    if (topic === undefined) throw new TypeError(`the topic ${JSON.stringify(name)} is not created here`);
    return topic.publish(...args);
  }
}

function checkNames(names: readonly (string | readonly string[])[]): readonly string[] {
  return names.flat().map((name) => checkName(name, "a topic's name"));
}

interface Subscribed {
  callbacks: readonly Callback[];
  readonly subscription: Promise<Subscription>;
}

/** What is subscribed to here, by service and topic. */
export class Subscriptions {
  readonly #port: TopicPort;
  readonly #report: (error: unknown) => void;
  readonly #byTopic = new Map<string, Subscribed>();

  /** `report` is told when a subscription ends by itself, and what it missed. */
  constructor(port: TopicPort, report: (error: unknown) => void) {
    this.#port = port;
    this.#report = report;
  }

  get size(): number {
    return this.#byTopic.size;
  }

  /** Adds a callback to a topic, whether it exists yet or not. @returns resolves when the relay knows. */
  async add(service: string, topic: string, callback: Callback): Promise<void> {
    checkCallback(callback, "the subscriber");
    const key = JSON.stringify([service, topic]);
    const known = this.#byTopic.get(key);
    if (known !== undefined) {
      known.callbacks = [...known.callbacks, callback];
      await known.subscription;
      return;
    }
    const subscription = this.#port.subscribe(service, topic, (...args: unknown[]) =>
      callAll(this.#byTopic.get(key)?.callbacks ?? [], args.slice(0, -1)),
    );
    const entry: Subscribed = { callbacks: [callback], subscription };
    this.#byTopic.set(key, entry);
    try {
      const live = await subscription;
      live.on("gap", ({ from, missed }) => this.#report(gapError(missed, from, `the topic ${JSON.stringify(topic)}`)));
      // Ended by the relay: it can be subscribed to anew.
      live.on("closed", ({ error }) => {
        this.#forget(key, entry);
        if (error !== undefined) this.#report(error);
      });
    } catch (thrown) {
      this.#forget(key, entry);
      throw thrown;
    }
  }

  /** Never rejects. */
  async remove(service: string, topic: string): Promise<void> {
    const key = JSON.stringify([service, topic]);
    const entry = this.#byTopic.get(key);
    if (entry === undefined) return;
    this.#forget(key, entry);
    const subscription = await entry.subscription.catch((thrown: unknown) => {
      if (!PeerloomError.is(thrown)) throw thrown;
    });
    await subscription?.unsubscribe();
  }

  #forget(key: string, entry: Subscribed): void {
    if (this.#byTopic.get(key) === entry) this.#byTopic.delete(key);
  }
}

/** What is told of events that are lost. */
export function gapError(missed: number, from: string, where: string): PeerloomError {
  return new PeerloomError("GAP", `${missed} events of ${JSON.stringify(from)} in ${where} were missed for good`);
}
