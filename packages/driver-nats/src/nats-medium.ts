import type { Msg, NatsConnection, Status, Subscription } from "@nats-io/nats-core";
import type { Medium, MediumEvents } from "@peerloom/signaling";

/** A NATS connection, as a driver sees it: one subscription an address. */
export class NatsMedium implements Medium {
  readonly #nc: NatsConnection;
  readonly #start: string;
  readonly #events: MediumEvents;
  readonly #subscriptions = new Map<string, Subscription>();
  /** What the server refused, until the caller is told. */
  readonly #refused = new Map<string, Error>();
  readonly #statuses: AsyncIterable<Status>;
  /** Counts the times the connection was lost. */
  #losses = 0;

  /** `start` is what subjects begin with. */
  constructor(nc: NatsConnection, start: string, events: MediumEvents) {
    this.#nc = nc;
    this.#start = start;
    this.#events = events;
    this.#statuses = nc.status();
    void this.#follow().catch((thrown: unknown) => events.error(thrown));
    if (nc.info !== undefined && !nc.isClosed()) events.active();
  }

  /** In force when the server has answered what was sent after it. */
  async subscribe(address: string): Promise<void> {
    if (!this.#subscriptions.has(address)) this.#subscriptions.set(address, this.#open(address));
    await this.#nc.flush();
    const refused = this.#refused.get(address);
    this.#refused.delete(address);
    if (refused !== undefined) throw refused;
  }

  unsubscribe(address: string): void {
    this.#subscriptions.get(address)?.unsubscribe();
    this.#subscriptions.delete(address);
  }

  publish(address: string, bytes: Uint8Array): void {
    this.#nc.publish(this.#start + address, bytes);
  }

  close(): void {
    if (!this.#nc.isClosed()) for (const subscription of this.#subscriptions.values()) subscription.unsubscribe();
    this.#subscriptions.clear();
    const { stop } = this.#statuses as { stop?: () => void };
    stop?.call(this.#statuses);
  }

  #open(address: string): Subscription {
    const subscription = this.#nc.subscribe(this.#start + address, {
      callback: (error: Error | null, message: Msg) => {
        if (error === null) return this.#events.message(address, message.data);
        // Refused by the server's permissions, which ends the subscription.
        if (this.#subscriptions.get(address) === subscription) this.#subscriptions.delete(address);
        this.#refused.set(address, error);
      },
    });
    return subscription;
  }

  async #follow(): Promise<void> {
    for await (const status of this.#statuses) {
      if (status.type === "disconnect") this.#lost();
      else if (status.type === "reconnect") void this.#back(this.#losses);
      else if (status.type === "error") this.#events.error(status.error);
    }
    this.#lost();
  }

  #lost(): void {
    this.#losses += 1;
    this.#events.inactive();
  }

  /** The client has sent its subscriptions again; active when the server has them. */
  async #back(losses: number): Promise<void> {
    try {
      await this.#nc.flush();
    } catch {
      // Lost again: the next `reconnect` is another chance.
      return;
    }
    if (losses === this.#losses) this.#events.active();
  }
}
