import type { Client } from "@peerloom/client";
import { fetchFile } from "../files/fetch.ts";
import type { Input, Offer } from "../model/state.ts";
import { messageOf } from "./chat.ts";

export interface FetchesOptions {
  readonly client: Pick<Client, "remote">;
  readonly tell: (input: Input) => void;
}

/** How often progress is told, in milliseconds. */
const tellEveryMs = 100;

/** Files that are on their way here, by their numbers. */
export class Fetches {
  readonly #options: FetchesOptions;
  readonly #running = new Map<number, AbortController>();

  constructor(options: FetchesOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#running.size;
  }

  start(offer: Offer): void {
    if (this.#running.has(offer.number)) return;
    const abort = new AbortController();
    this.#running.set(offer.number, abort);
    void this.#run(offer, abort.signal).finally(() => this.#running.delete(offer.number));
  }

  cancel(number: number): void {
    this.#running.get(number)?.abort(new Error("stopped by you."));
  }

  /** Ends all; what came is kept. */
  close(): void {
    for (const number of this.#running.keys()) this.cancel(number);
  }

  async #run(offer: Offer, signal: AbortSignal): Promise<void> {
    const { client, tell } = this.#options;
    const { number, from } = offer;
    let done: number | undefined;
    const speed = new Speed();
    const onBytes = (bytes: number): void => {
      if (done === undefined) tell({ type: "transfer", number, input: { type: "begun", done: bytes } });
      done = bytes;
      const bytesPerSecond = speed.tell(bytes, performance.now());
      if (bytesPerSecond !== undefined) tell({ type: "transfer", number, input: { type: "fetching", done, bytesPerSecond } });
    };
    try {
      const path = await fetchFile({ remote: client.remote(from), offer, signal, onBytes });
      tell({ type: "transfer", number, input: { type: "here", path } });
    } catch (thrown) {
      const why = messageOf(signal.aborted ? signal.reason : thrown);
      tell({ type: "transfer", number, input: { type: "broken", done: done ?? 0, why } });
    }
  }
}

/** Bytes a second between two times of telling. */
class Speed {
  #bytes = 0;
  #ms = -Infinity;

  /** @returns undefined when it is too soon to tell. */
  tell(bytes: number, nowMs: number): number | undefined {
    const ms = nowMs - this.#ms;
    if (ms < tellEveryMs) return undefined;
    const speed = ms === Infinity ? 0 : Math.round(((bytes - this.#bytes) * 1000) / ms);
    [this.#bytes, this.#ms] = [bytes, nowMs];
    return speed;
  }
}
