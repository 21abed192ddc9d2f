import type { Client, Subscription } from "@peerloom/client";

/** Values of a streamed result that are shown. */
const maxValues = 100;
const maxSubscriptions = 20;
const maxLength = 2000;

export interface CallsOptions {
  readonly client: Pick<Client, "services" | "service" | "subscribe">;
  readonly tell: (lines: readonly string[]) => void;
}

/** Services as people use them by hand. */
export class Calls {
  readonly #options: CallsOptions;
  readonly #subscriptions = new Map<string, Subscription>();

  constructor(options: CallsOptions) {
    this.#options = options;
  }

  async list(): Promise<void> {
    const services = await this.#options.client.services();
    const rows = services.map(({ service, providers }) => `${service}  ${providers === 1 ? "1 provider" : `${providers} providers`}`);
    this.#options.tell(rows.length === 0 ? ["There are no services."] : rows);
  }

  /** Calls a method and shows its result; one that is streamed value by value. @throws PeerloomError like a call. */
  async call(service: string, method: string, args: readonly unknown[]): Promise<void> {
    const call = this.#options.client.service(service)[method];
    const result = await call?.(...args);
    if (!isStream(result)) return this.#options.tell([`${service}.${method}: ${inWords(result)}`]);
    let count = 0;
    for await (const value of result) {
      this.#options.tell([`${service}.${method}: ${inWords(value)}`]);
      count += 1;
      if (count >= maxValues) return this.#options.tell([`${service}.${method}: … no more than ${maxValues} are shown`]);
    }
  }

  async subscribe(service: string, topic: string): Promise<void> {
    const key = JSON.stringify([service, topic]);
    if (this.#subscriptions.has(key)) return;
    if (this.#subscriptions.size >= maxSubscriptions) throw new RangeError(`no more than ${maxSubscriptions} topics are shown at once`);
    const show = (...args: unknown[]): void => this.#options.tell([`${service}/${topic}: ${args.slice(0, -1).map(inWords).join(" ")}`]);
    this.#subscriptions.set(key, await this.#options.client.subscribe(service, topic, show));
    this.#options.tell([`What ${service}/${topic} publishes is shown from now on.`]);
  }

  async unsubscribe(service: string, topic: string): Promise<void> {
    const key = JSON.stringify([service, topic]);
    const subscription = this.#subscriptions.get(key);
    this.#subscriptions.delete(key);
    await subscription?.unsubscribe();
  }
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

/** A value as people read it; a text as it is. */
function inWords(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}
