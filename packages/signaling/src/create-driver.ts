import { checkTimeout, deadline, deferred, Emitter, PeerloomError } from "@peerloom/core";
import type { Driver, DriverEvents, Namespace, SignalHandler } from "./driver.ts";
import type { DriverOptions, Medium, MediumEvents } from "./medium.ts";
import { escapeNamespace } from "./namespace.ts";
import { Topic } from "./topic.ts";

/**
 * Makes a driver of a medium: it escapes the namespaces, counts who listens where, subscribes again when the medium is back, brings a
 * publisher's messages to the handlers beside it, checks what comes, and reports what fails. `connect` is called at once.
 *
 * @throws RangeError when `timeoutMs` is no duration; whatever `connect` throws.
 */
export function createDriver(options: DriverOptions, connect: (events: MediumEvents) => Medium): Driver {
  return new MediumDriver(options, connect);
}

const defaultMaxBytes = 1024 * 1024;
const defaultTimeoutMs = 10_000;

class MediumDriver extends Emitter<DriverEvents> implements Driver {
  readonly name: string;
  readonly isShared: boolean;
  readonly #options: DriverOptions;
  readonly #timeoutMs: number;
  readonly #medium: Medium;
  readonly #topics = new Map<string, Topic>();
  /** Aborts when the medium is out of reach; there is one while it is in reach. */
  #reach: AbortController | undefined;
  #isActive = false;
  #malformed = 0;
  #closing: Promise<void> | undefined;

  constructor(options: DriverOptions, connect: (events: MediumEvents) => Medium) {
    super();
    this.name = options.name;
    this.isShared = options.isShared ?? true;
    this.#options = options;
    this.#timeoutMs = checkTimeout(options.timeoutMs ?? defaultTimeoutMs);
    this.#medium = connect({
      message: (address, bytes, from) => this.#receive(address, bytes, from),
      active: () => this.#up(),
      inactive: () => this.#down(),
      error: (thrown) => this.#report(thrown),
    });
  }

  get isActive(): boolean {
    return this.#isActive;
  }

  get malformed(): number {
    return this.#malformed;
  }

  async subscribe(namespace: Namespace, handler: SignalHandler): Promise<void> {
    const address = escapeNamespace(namespace);
    if (typeof handler !== "function") throw new TypeError(`the handler must be a function, not ${typeof handler}`);
    this.#checkOpen();
    const topic = this.#topics.get(address) ?? new Topic(address);
    this.#topics.set(address, topic);
    const done = topic.wait(handler, this.#reach !== undefined, this.#timeoutMs, () => void this.#settle(topic));
    void this.#settle(topic);
    await done;
  }

  async unsubscribe(namespace: Namespace, handler: SignalHandler): Promise<void> {
    const topic = this.#topics.get(escapeNamespace(namespace));
    if (topic === undefined || !topic.handlers.has(handler)) return;
    topic.remove(handler, new PeerloomError("ABORTED", "unsubscribed before the subscription was in force"));
    await this.#settle(topic);
  }

  async publish(namespace: Namespace, bytes: Uint8Array): Promise<void> {
    const address = escapeNamespace(namespace);
    if (!(bytes instanceof Uint8Array)) throw new TypeError("only a Uint8Array can be published");
    this.#checkOpen();
    const max = this.#maxBytes();
    if (bytes.byteLength > max) throw new PeerloomError("TOO_LARGE", `a message may have ${max} bytes here, not ${bytes.byteLength}`);
    if (!this.#isActive) throw inactive(this.name);
    const copy = new Uint8Array(bytes);
    await this.#attempt("publishing", () => this.#medium.publish(address, copy));
    if (!this.#options.hasEcho) this.#deliver(address, copy, this.#medium.self);
  }

  close(): Promise<void> {
    if (this.#closing === undefined) {
      const { promise, resolve } = deferred<void>();
      this.#closing = promise;
      void this.#shutdown().finally(resolve);
    }
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #shutdown(): Promise<void> {
    const topics = [...this.#topics.values()];
    const error = new PeerloomError("CLOSED", "this driver was closed");
    for (const topic of topics) for (const handler of [...topic.handlers]) topic.remove(handler, error);
    this.#deactivate();
    await Promise.all(topics.map((topic) => this.#settle(topic)));
    this.#reach ??= new AbortController();
    await this.#attempt("closing", () => this.#medium.close?.()).catch((thrown: unknown) => this.#report(thrown));
    this.#reach.abort();
    this.#reach = undefined;
    this.#topics.clear();
    this.removeAllListeners();
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw new PeerloomError("CLOSED", "this driver was closed");
  }

  #maxBytes(): number {
    const { maxBytes = defaultMaxBytes } = this.#options;
    return typeof maxBytes === "function" ? maxBytes() : maxBytes;
  }

  /** Tells the medium of a topic until it knows what is wanted, or is out of reach. Never rejects. */
  #settle(topic: Topic): Promise<void> {
    topic.stopRetrying();
    if (topic.work !== undefined) return topic.work.promise;
    const work = (topic.work = deferred<void>());
    void this.#work(topic).finally(() => {
      work.resolve();
    });
    return work.promise;
  }

  async #work(topic: Topic): Promise<void> {
    let mayGoOn = true;
    while (mayGoOn && this.#reach !== undefined && topic.isWanted !== topic.isInForce) {
      mayGoOn = topic.isWanted ? await this.#enter(topic, this.#reach.signal) : await this.#leave(topic, this.#reach.signal);
    }
    // In the same turn as the loop's last look, so that nobody is overlooked.
    topic.work = undefined;
    if (!topic.isWanted && !topic.isInForce && this.#topics.get(topic.address) === topic) this.#topics.delete(topic.address);
  }

  /** @returns false when the medium refused, although somebody listens: it is tried again later, or when the medium is back. */
  async #enter(topic: Topic, reach: AbortSignal): Promise<boolean> {
    try {
      await this.#attempt("subscribing", () => this.#medium.subscribe(topic.address));
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
      await this.#attempt("unsubscribing", () => this.#medium.unsubscribe(topic.address));
    } catch (thrown) {
      if (!reach.aborted) this.#report(thrown);
    }
    return true;
  }

  /** Waits for the medium, but not for ever, and not when it is gone. @throws PeerloomError, whatever the medium throws. */
  async #attempt(what: string, run: () => Promise<void> | void): Promise<void> {
    const signal = this.#reach?.signal;
    if (signal === undefined) throw inactive(this.name);
    const { promise, resolve, reject } = deferred<void>();
    const stop = deadline({ signal, timeoutMs: this.#timeoutMs }, what, reject);
    try {
      const result = run();
      if (!(result instanceof Promise)) return;
      result.then(resolve, reject);
      await promise;
    } catch (thrown) {
      if (signal.aborted) throw inactive(this.name);
      if (PeerloomError.is(thrown)) throw thrown;
      throw new PeerloomError("DRIVER_ERROR", `${what} failed: ${String(thrown)}`, { cause: thrown });
    } finally {
      stop();
    }
  }

  #up(): void {
    if (this.#closing !== undefined) return;
    // A medium that says it twice was away in between.
    this.#down();
    const reach = (this.#reach = new AbortController());
    const topics = [...this.#topics.values()];
    for (const topic of topics) if (topic.isInForce) topic.succeed();
    const work = topics.filter(({ isInForce, isWanted }) => isInForce !== isWanted).map((topic) => this.#settle(topic));
    if (work.length === 0) this.#activate(reach);
    else void Promise.all(work).then(() => this.#activate(reach));
  }

  #down(): void {
    if (this.#closing !== undefined || this.#reach === undefined) return;
    this.#reach.abort();
    this.#reach = undefined;
    for (const topic of this.#topics.values()) {
      topic.stopRetrying();
      if (!this.#options.keepsSubscriptions) topic.isInForce = false;
    }
    this.#deactivate();
  }

  #activate(reach: AbortController): void {
    if (this.#closing !== undefined || this.#reach !== reach || this.#isActive) return;
    this.#isActive = true;
    this.emit("active", {});
  }

  #deactivate(): void {
    if (!this.#isActive) return;
    this.#isActive = false;
    this.emit("inactive", {});
  }

  #receive(address: unknown, bytes: unknown, from: unknown): void {
    if (this.#closing !== undefined) return;
    const message = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes;
    const hasForm = typeof address === "string" && message instanceof Uint8Array && (from === undefined || typeof from === "string");
    if (hasForm && message.byteLength <= this.#maxBytes()) this.#deliver(address, message, from);
    else this.#drop();
  }

  /** Counts each; reports the first, the second, the fourth, … so that a flood of them is none of reports. */
  #drop(): void {
    this.#malformed += 1;
    if ((this.#malformed & (this.#malformed - 1)) !== 0) return;
    this.#report(new PeerloomError("BAD_PACKET", `${this.name} brought ${this.#malformed} that were no messages so far`));
  }

  /** Each handler gets bytes of its own. */
  #deliver(address: string, bytes: Uint8Array, from: string | undefined): void {
    const handlers = this.#topics.get(address)?.handlers;
    if (handlers === undefined) return;
    for (const handler of [...handlers]) {
      if (!handlers.has(handler)) continue;
      try {
        const result: unknown = handler(new Uint8Array(bytes), from);
        if (result instanceof Promise) result.catch((thrown: unknown) => this.#report(thrown));
      } catch (thrown) {
        this.#report(thrown);
      }
    }
  }

  #report(error: unknown): void {
    if (this.listenerCount("error") > 0) this.emit("error", { error });
    else console.error(`The ${this.name} driver has an error that nobody listens for`, error);
  }
}

function inactive(name: string): PeerloomError {
  return new PeerloomError("DRIVER_INACTIVE", `${name} is out of reach`);
}
