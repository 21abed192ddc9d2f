import { deferred, type Deferred } from "@peerloom/core";
import type { Driver, Namespace, SignalHandler } from "../driver.ts";
import { check, same, within } from "./check.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const endMark = "the end";

/** Publishes text. */
export function say(driver: Driver, namespace: Namespace, text: string): Promise<void> {
  return within(driver.publish(namespace, encoder.encode(text)), "publishing");
}

/** Keeps what a handler gets. */
export class Inbox {
  readonly handler: SignalHandler = (bytes) => this.#take(bytes);
  readonly bytes: Uint8Array[] = [];
  #wanted = 0;
  #arrived: Deferred<void> | undefined;

  get texts(): string[] {
    return this.bytes.map((bytes) => decoder.decode(bytes));
  }

  /** Waits until at least `count` came. */
  async until(count: number): Promise<void> {
    if (this.bytes.length >= count) return;
    this.#wanted = count;
    this.#arrived = deferred<void>();
    await within(this.#arrived.promise, `message ${count} (there are ${this.bytes.length}: ${this.texts.join().slice(0, 200)})`);
  }

  /**
   * Checks that the texts `expected` came, in this order and nothing else: by a last one that `publisher` sends after them to the same
   * namespace, since messages of one publisher stay in order.
   */
  async hasOnly(expected: readonly string[], publisher: Driver, namespace: Namespace): Promise<void> {
    await this.hasEnd(publisher, namespace);
    const got = this.texts.filter((text) => text !== endMark);
    same(got, expected, `messages of ${JSON.stringify(namespace).slice(0, 80)}`);
    check(this.texts.length === got.length + 1, "the last message came twice");
    this.bytes.length = 0;
  }

  /** Waits until all that `publisher` sent to the namespace so far has come, if it was to come at all. */
  async hasEnd(publisher: Driver, namespace: Namespace): Promise<void> {
    await say(publisher, namespace, endMark);
    while (!this.texts.includes(endMark)) await this.until(this.bytes.length + 1);
  }

  #take(bytes: Uint8Array): void {
    this.bytes.push(bytes);
    if (this.bytes.length >= this.#wanted) this.#arrived?.resolve();
  }
}

/** Subscribes a new inbox. */
export async function listen(driver: Driver, namespace: Namespace): Promise<Inbox> {
  const inbox = new Inbox();
  await within(driver.subscribe(namespace, inbox.handler), "subscribing");
  return inbox;
}
