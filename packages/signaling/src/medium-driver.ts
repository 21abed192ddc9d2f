import { deferred, Emitter, PeerloomError } from "@peerloom/core";
import type { Driver, DriverEvents, Namespace, SignalHandler } from "./driver.ts";
import type { DriverOptions, Medium, MediumEvents } from "./medium.ts";
import { escapeNamespace } from "./namespace.ts";
import { Reach } from "./reach.ts";
import { TopicTable } from "./topic-table.ts";

const defaultMaxBytes = 1024 * 1024;
const defaultTimeoutMs = 10_000;

/** A driver made of a medium. */
export class MediumDriver extends Emitter<DriverEvents> implements Driver {
  readonly name: string;
  readonly isShared: boolean;
  readonly #options: DriverOptions;
  readonly #medium: Medium;
  readonly #reach: Reach;
  readonly #topics: TopicTable;
  #isActive = false;
  #malformed = 0;
  #closing: Promise<void> | undefined;

  constructor(options: DriverOptions, connect: (events: MediumEvents) => Medium) {
    super();
    this.name = options.name;
    this.isShared = options.isShared ?? true;
    this.#options = options;
    this.#reach = new Reach(options.name, options.timeoutMs ?? defaultTimeoutMs);
    this.#topics = new TopicTable(
      this.#reach,
      () => this.#medium,
      (error) => this.#report(error),
    );
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
    await this.#topics.add(address, handler);
  }

  async unsubscribe(namespace: Namespace, handler: SignalHandler): Promise<void> {
    await this.#topics.remove(escapeNamespace(namespace), handler);
  }

  async publish(namespace: Namespace, bytes: Uint8Array): Promise<void> {
    const address = escapeNamespace(namespace);
    if (!(bytes instanceof Uint8Array)) throw new TypeError("only a Uint8Array can be published");
    this.#checkOpen();
    const max = this.#maxBytes();
    if (bytes.byteLength > max) throw new PeerloomError("TOO_LARGE", `a message may have ${max} bytes here, not ${bytes.byteLength}`);
    if (!this.#isActive) throw this.#reach.gone();
    const copy = new Uint8Array(bytes);
    await this.#reach.attempt("publishing", () => this.#medium.publish(address, copy));
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
    const told = this.#topics.clear(new PeerloomError("CLOSED", "this driver was closed"));
    this.#deactivate();
    await told;
    if (this.#reach.signal === undefined) this.#reach.begin();
    await this.#reach.attempt("closing", () => this.#medium.close?.()).catch((thrown: unknown) => this.#report(thrown));
    this.#reach.end();
    this.removeAllListeners();
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw new PeerloomError("CLOSED", "this driver was closed");
  }

  #maxBytes(): number {
    const { maxBytes = defaultMaxBytes } = this.#options;
    return typeof maxBytes === "function" ? maxBytes() : maxBytes;
  }

  #up(): void {
    if (this.#closing !== undefined) return;
    // A medium that says it twice was away in between.
    this.#down();
    const reach = this.#reach.begin();
    const told = this.#topics.up();
    if (told === undefined) this.#activate(reach);
    else void told.then(() => this.#activate(reach));
  }

  #down(): void {
    if (this.#reach.signal === undefined) return;
    this.#reach.end();
    this.#topics.down(this.#options.keepsSubscriptions ?? false);
    this.#deactivate();
  }

  #activate(reach: AbortSignal): void {
    if (this.#closing !== undefined || reach.aborted || this.#isActive) return;
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
    if (Math.log2(this.#malformed) % 1 !== 0) return;
    this.#report(new PeerloomError("BAD_PACKET", `${this.name} brought ${this.#malformed} that were no messages so far`));
  }

  /** Each handler gets bytes of its own. */
  #deliver(address: string, bytes: Uint8Array, from: string | undefined): void {
    const handlers = this.#topics.handlers(address);
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
