import { backoff, deadline, deferred, type Deferred, type PeerloomError } from "@peerloom/core";
import type { SignalHandler } from "./driver.ts";

/** Somebody who waits until a subscription is in force. */
interface Waiting {
  readonly done: Deferred<void>;
  readonly stop: () => void;
  /** The handler came with this wait, and goes when it fails. */
  readonly isNew: boolean;
}

/** An address that somebody listens to: its handlers, and what the medium knows of it. */
export class Topic {
  readonly address: string;
  readonly handlers: Set<SignalHandler> = new Set();
  readonly #waiting = new Map<SignalHandler, Waiting>();
  /** The medium has the subscription. */
  isInForce = false;
  /** Resolves when the medium has been told all there was to tell; there is one while it is being told. */
  work: Deferred<void> | undefined;
  #retries = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(address: string) {
    this.address = address;
  }

  get isWanted(): boolean {
    return this.handlers.size > 0;
  }

  /** Adds a handler, and waits until it gets what is published: not while the medium is gone. `expired` runs when that takes too long. */
  wait(handler: SignalHandler, isReachable: boolean, timeoutMs: number, expired: () => void): Promise<void> {
    const known = this.#waiting.get(handler);
    if (known !== undefined) return known.done.promise;
    const isNew = !this.handlers.has(handler);
    this.handlers.add(handler);
    if (this.isInForce && isReachable) return Promise.resolve();
    const done = deferred<void>();
    const stop = deadline({ timeoutMs }, "subscribing", (error) => {
      this.#fail(handler, error);
      expired();
    });
    this.#waiting.set(handler, { done, stop, isNew });
    return done.promise;
  }

  remove(handler: SignalHandler, reason: PeerloomError): void {
    this.#fail(handler, reason);
    this.handlers.delete(handler);
  }

  /** The medium refused to take the subscription back: `run` tries it again, first after half a second or so, then ever more seldom. */
  retryLater(run: () => void): void {
    this.stopRetrying();
    this.#retry = setTimeout(run, backoff(this.#retries++, { minMs: 1000, maxMs: 30_000 }));
  }

  stopRetrying(): void {
    clearTimeout(this.#retry);
  }

  /** The subscription is in force. */
  succeed(): void {
    this.isInForce = true;
    this.#retries = 0;
    for (const { done, stop } of this.#waiting.values()) {
      stop();
      done.resolve();
    }
    this.#waiting.clear();
  }

  /** Those who wait are told why not, and listen no more; those who listened before stay. */
  failAll(error: PeerloomError): void {
    for (const handler of [...this.#waiting.keys()]) this.#fail(handler, error);
  }

  #fail(handler: SignalHandler, error: PeerloomError): void {
    const waiting = this.#waiting.get(handler);
    if (waiting === undefined) return;
    this.#waiting.delete(handler);
    if (waiting.isNew) this.handlers.delete(handler);
    waiting.stop();
    waiting.done.reject(error);
  }
}
