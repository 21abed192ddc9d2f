import { abortError, deadline, deferred, PeerloomError, type WaitOptions } from "@peerloom/core";

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: PeerloomError) => void;
  readonly stop: () => void;
}

/** Requests of this side that wait for their answer. */
export class PendingRequests {
  readonly #max: number;
  readonly #byId = new Map<number, Pending>();
  #lastId = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get count(): number {
    return this.#byId.size;
  }

  /**
   * Registers a request; `send` puts it on its way, `cancel` tells the other side that nobody waits any more.
   *
   * @throws PeerloomError `OVERFLOW` when too many wait, and whatever `send` throws.
   */
  add(wait: WaitOptions, send: (id: number) => void, cancel: (id: number) => void): Promise<unknown> {
    if (this.#byId.size >= this.#max) throw new PeerloomError("OVERFLOW", `${this.#max} requests wait for an answer`);
    const { promise, resolve, reject } = deferred<unknown>();
    if (wait.signal?.aborted) {
      reject(abortError(wait.signal));
      return promise;
    }
    const id = ++this.#lastId;
    const stop = deadline(wait, "the request", (error) => {
      this.#byId.delete(id);
      cancel(id);
      reject(error);
    });
    // Before it is sent: that may be the end of the channel, which all that wait are told of.
    this.#byId.set(id, { resolve, reject, stop });
    try {
      send(id);
    } catch (thrown) {
      this.#byId.delete(id);
      stop();
      throw thrown;
    }
    return promise;
  }

  /** @returns false when it was never made. */
  settle(id: number, outcome: { readonly value: unknown } | { readonly error: PeerloomError }): boolean {
    const pending = this.#byId.get(id);
    if (pending === undefined) return id > 0 && id <= this.#lastId;
    this.#byId.delete(id);
    pending.stop();
    if ("error" in outcome) pending.reject(outcome.error);
    else pending.resolve(outcome.value);
    return true;
  }

  fail(error: PeerloomError): void {
    for (const id of [...this.#byId.keys()]) this.settle(id, { error });
  }
}
