import { abortError, deadline, deferred, PeerloomError, type WaitOptions } from "@peerloom/core";

interface Pending {
  stop(): void;
  resolve(value: unknown): void;
  reject(error: PeerloomError): void;
}

/** Requests sent to one peer that wait for their answer. Each settles exactly once. */
export class PendingRequests {
  readonly #max: number;
  readonly #byId = new Map<number, Pending>();
  #lastId = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#byId.size;
  }

  /**
   * Starts a request: `send` gets its id, `cancel` is called when the caller stops waiting.
   *
   * @throws PeerloomError `OVERFLOW` when too many wait already; whatever `send` throws.
   */
  start(what: string | (() => string), wait: WaitOptions, send: (id: number) => void, cancel: (id: number) => void): Promise<unknown> {
    if (this.#byId.size >= this.#max) throw new PeerloomError("OVERFLOW", `${this.#max} requests already wait for an answer`);
    const { promise, resolve, reject } = deferred<unknown>();
    if (wait.signal?.aborted) {
      reject(abortError(wait.signal));
      return promise;
    }
    const id = (this.#lastId += 1);
    const stop = deadline(wait, what, (error) => {
      this.#byId.delete(id);
      cancel(id);
      reject(error);
    });
    this.#byId.set(id, { stop, resolve, reject });
    try {
      send(id);
    } catch (thrown) {
      this.#settle(id);
      throw thrown;
    }
    return promise;
  }

  /** The answer to `id`; one that nobody waits for is dropped. */
  resolve(id: number, value: unknown): void {
    this.#settle(id)?.resolve(value);
  }

  reject(id: number, error: PeerloomError): void {
    this.#settle(id)?.reject(error);
  }

  rejectAll(error: PeerloomError): void {
    for (const id of [...this.#byId.keys()]) this.reject(id, error);
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#byId.get(id);
    this.#byId.delete(id);
    pending?.stop();
    return pending;
  }
}
