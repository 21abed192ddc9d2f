import { deferred, PeerloomError } from "@peerloom/core";
import type { SignalHandler } from "./driver.ts";
import type { Medium } from "./medium.ts";
import type { Reach } from "./reach.ts";
import { Topic } from "./topic.ts";

/** All that is listened to, and the work of keeping the medium told: one call to it at a time for each address. */
export class TopicTable {
  readonly #reach: Reach;
  readonly #medium: () => Medium;
  readonly #report: (error: unknown) => void;
  readonly #topics = new Map<string, Topic>();

  constructor(reach: Reach, medium: () => Medium, report: (error: unknown) => void) {
    this.#reach = reach;
    this.#medium = medium;
    this.#report = report;
  }

  /** Those who listen to an address, if anybody does. */
  handlers(address: string): ReadonlySet<SignalHandler> | undefined {
    return this.#topics.get(address)?.handlers;
  }

  async add(address: string, handler: SignalHandler): Promise<void> {
    const topic = this.#topics.get(address) ?? new Topic(address);
    this.#topics.set(address, topic);
    const { signal, timeoutMs } = this.#reach;
    const done = topic.wait(handler, signal !== undefined, timeoutMs, () => void this.#settle(topic));
    void this.#settle(topic);
    await done;
  }

  async remove(address: string, handler: SignalHandler): Promise<void> {
    const topic = this.#topics.get(address);
    if (topic === undefined || !topic.handlers.has(handler)) return;
    topic.remove(handler, new PeerloomError("ABORTED", "unsubscribed before the subscription was in force"));
    await this.#settle(topic);
  }

  /** The medium is in reach. Resolves when it was told all, or is gone again; undefined when there is nothing to tell. */
  up(): Promise<unknown> | undefined {
    const topics = [...this.#topics.values()];
    for (const topic of topics) if (topic.isInForce) topic.succeed();
    const work = topics.filter(({ isInForce, isWanted }) => isInForce !== isWanted).map((topic) => this.#settle(topic));
    return work.length === 0 ? undefined : Promise.all(work);
  }

  /** The medium is gone, and with it what it knew, unless it keeps that. */
  down(isKept: boolean): void {
    for (const topic of this.#topics.values()) {
      topic.stopRetrying();
      if (!isKept) topic.isInForce = false;
    }
  }

  /** Ends everything: nobody is called any more, and who waits is told. Resolves when the medium was told; the reach may end then. */
  async clear(error: PeerloomError): Promise<void> {
    const topics = [...this.#topics.values()];
    for (const topic of topics) for (const handler of [...topic.handlers]) topic.remove(handler, error);
    await Promise.all(topics.map((topic) => this.#settle(topic)));
    this.#topics.clear();
  }

  /** Tells the medium of a topic until it knows what is wanted, or is out of reach. Never rejects. */
  #settle(topic: Topic): Promise<void> {
    topic.stopRetrying();
    if (topic.work !== undefined) return topic.work.promise;
    const work = (topic.work = deferred<void>());
    void this.#work(topic).finally(() => work.resolve());
    return work.promise;
  }

  async #work(topic: Topic): Promise<void> {
    let mayGoOn = true;
    while (mayGoOn && this.#reach.signal !== undefined && topic.isWanted !== topic.isInForce) {
      mayGoOn = topic.isWanted ? await this.#enter(topic, this.#reach.signal) : await this.#leave(topic, this.#reach.signal);
    }
    // In the same turn as the loop's last look, so that nobody is overlooked.
    topic.work = undefined;
    if (!topic.isWanted && !topic.isInForce && this.#topics.get(topic.address) === topic) this.#topics.delete(topic.address);
  }

  /** @returns false when the medium refused, although somebody listens: it is tried again later, or when the medium is back. */
  async #enter(topic: Topic, reach: AbortSignal): Promise<boolean> {
    try {
      await this.#reach.attempt("subscribing", () => this.#medium().subscribe(topic.address));
      if (!reach.aborted) topic.succeed();
    } catch (thrown) {
      if (reach.aborted) return true;
      topic.failAll(thrown as PeerloomError);
      // It may still come into force; then it must end.
      topic.isInForce = !topic.isWanted && PeerloomError.is(thrown, "TIMEOUT");
      if (!topic.isWanted) return true;
      topic.retryLater(() => void this.#settle(topic));
      this.#report(thrown);
      return false;
    }
    return true;
  }

  async #leave(topic: Topic, reach: AbortSignal): Promise<boolean> {
    // Before it is over: who subscribes meanwhile has to wait for a new subscription.
    topic.isInForce = false;
    try {
      await this.#reach.attempt("unsubscribing", () => this.#medium().unsubscribe(topic.address));
    } catch (thrown) {
      if (!reach.aborted) this.#report(thrown);
    }
    return true;
  }
}
