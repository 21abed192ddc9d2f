import type { AddressRow } from "./addresses.ts";
import type { Client } from "./client.ts";
import type { Line } from "./line.ts";

/** How often what is congested is looked at again, in milliseconds. */
const pollMs = 25;

export interface CongestionOptions {
  readonly now: () => number;
  /** A slow queue has shrunk below half its budget. */
  readonly drained: (line: Line) => void;
  readonly failed: (thrown: unknown) => void;
}

/** Looks again and again at queues over their budget and at senders over their rate, with one timer, and only while there are any. */
export class Congestion {
  readonly #options: CongestionOptions;
  readonly #slow = new Set<Line>();
  readonly #limited = new Set<Client>();
  /** Clients that are not read for now, in the order in which they were stopped. */
  readonly #unread = new Set<Client>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CongestionOptions) {
    this.#options = options;
  }

  /** Queues over their budget now. */
  get size(): number {
    return this.#slow.size;
  }

  watchQueue(line: Line): void {
    this.#slow.add(line);
    this.#start();
  }

  forgetQueue(line: Line): void {
    this.#slow.delete(line);
    this.#stopIfIdle();
  }

  watchRates(client: Client): void {
    this.#limited.add(client);
    this.#start();
  }

  /** A client sends more than it may: nothing of it is handled until it may send again. */
  stopReading(client: Client): void {
    if (client.link.at !== "here") return;
    client.link.line.hold("debt");
    this.#unread.add(client);
    this.#start();
  }

  forgetRates(client: Client): void {
    this.#limited.delete(client);
    this.#unread.delete(client);
    this.#stopIfIdle();
  }

  clear(): void {
    this.#slow.clear();
    this.#limited.clear();
    this.#unread.clear();
    this.#stopIfIdle();
  }

  #start(): void {
    this.#timer ??= setInterval(() => this.#poll(), pollMs).unref();
  }

  #stopIfIdle(): void {
    if (this.#slow.size > 0 || this.#limited.size > 0 || this.#unread.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #poll(): void {
    try {
      this.#look();
    } catch (thrown) {
      this.#options.failed(thrown);
    }
    this.#stopIfIdle();
  }

  #look(): void {
    const { now, drained } = this.#options;
    for (const line of [...this.#slow]) {
      if (!line.hasDrained()) continue;
      this.#slow.delete(line);
      drained(line);
    }
    const at = now();
    for (const client of [...this.#limited]) {
      if (!client.rates.haveRecovered(at)) continue;
      this.#limited.delete(client);
      const refused = client.limitedTo ?? [];
      client.limitedTo = undefined;
      for (const to of refused) client.ready(to);
    }
    this.#readOn(at);
  }

  /** Of an address one at a time: what has gathered of all of them would come at once, and be in everybody's way. */
  #readOn(at: number): void {
    const seen = new Set<AddressRow>();
    for (const client of [...this.#unread]) {
      const { address } = client.rates;
      if (address !== undefined && seen.has(address)) continue;
      if (!client.rates.mayGoOn(at)) continue;
      if (address !== undefined) seen.add(address);
      this.#unread.delete(client);
      if (client.link.at === "here") client.link.line.letGo("debt");
    }
  }
}
