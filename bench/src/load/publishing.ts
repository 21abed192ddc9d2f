import { setImmediate as turn } from "node:timers/promises";
import type { Publisher } from "../contestants/wire.ts";
import type { Confirmed } from "./confirmations.ts";
import { makeRing } from "./ring.ts";

/** What is published: the same at publisher and subscribers. */
export const topicRing: readonly string[] = makeRing({ form: "text", sizeBytes: 100 }) as string[];

/** One run of a publisher. */
export interface PublishOrder {
  /** `turns`: one message in each turn of the event loop; `bursts`: a hundred in a turn. */
  readonly pattern: "turns" | "bursts";
  /** Messages that may be under way: published, and not yet with all subscribers. */
  readonly window: number;
  readonly durationMs: number;
}

const burst = 100;

/** The publishing end. */
export class Publishing {
  readonly #publisher: Publisher;
  readonly #confirmed: Confirmed;
  #published = 0;

  constructor(publisher: Publisher, confirmed: Confirmed) {
    this.#publisher = publisher;
    this.#confirmed = confirmed;
  }

  /** Publishes for a while. @returns messages a second, until the last was with all subscribers. */
  async run({ pattern, window, durationMs }: PublishOrder): Promise<number> {
    const first = this.#published;
    const start = performance.now();
    const size = pattern === "turns" ? 1 : Math.min(burst, window);
    while (performance.now() < start + durationMs) {
      await this.#confirmed.reaches(this.#published + size - window);
      for (let i = 0; i < size; i++) this.#publisher.publish(topicRing[this.#published++ % topicRing.length] ?? "");
      await turn();
    }
    await this.#confirmed.reaches(this.#published);
    return ((this.#published - first) * 1000) / (performance.now() - start);
  }
}
