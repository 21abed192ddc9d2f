import type { WaitOptions } from "@peerloom/core";
import type { Publication } from "./publication.ts";

export interface TopicOptions {
  /** Events kept for subscribers that missed them, or ask for the last ones. @defaultValue 0 */
  readonly history?: number | undefined;
  /** Makes what a new subscriber is given first; what is published from the call on comes behind it. */
  readonly snapshot?: (() => unknown) | undefined;
  /** What becomes of a subscriber that missed more than the history holds: it is told of the gap, or loses its subscription. @defaultValue "drop-oldest" */
  readonly slow?: "drop-oldest" | "disconnect" | undefined;
}

/** A topic published here. Each subscriber gets what is published once and in order, as far as the history goes back. */
export class Topic implements AsyncDisposable {
  readonly service: string;
  readonly topic: string;
  readonly #publication: Publication;
  readonly #destroy: () => Promise<void>;

  /** Topics are made by `createTopic`. */
  constructor(publication: Publication, destroy: () => Promise<void>) {
    this.service = publication.name.service;
    this.topic = publication.name.topic;
    this.#publication = publication;
    this.#destroy = destroy;
  }

  /** How many subscribe, as the relay told last. */
  get subscribers(): number {
    return this.#publication.subscribers;
  }

  /**
   * Publishes to all subscribers. While offline it waits.
   *
   * @returns false when more than the high-water mark is waiting: `await drained()` before more.
   * @throws TypeError when an argument cannot be carried; PeerloomError `OVERFLOW` when too much waits already, `TOO_LARGE`, `CLOSED`.
   */
  publish(...args: unknown[]): boolean {
    return this.#publication.publish(args);
  }

  /** Resolves when less than the low-water mark waits. @throws PeerloomError `TIMEOUT`, `ABORTED`, `CLOSED`. */
  drained(options: WaitOptions = {}): Promise<void> {
    return this.#publication.drained(options);
  }

  /** Sends what waits and ends the topic; subscribers are told. Idempotent; never rejects. */
  destroy(): Promise<void> {
    return this.#destroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.destroy();
  }
}
