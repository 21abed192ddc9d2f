import { abortError, checkTimeout, deferred, PeerloomError, timeoutError, type Deferred, type WaitOptions } from "@peerloom/core";
import { Alarm } from "./alarm.ts";
import { IdMap } from "./id-map.ts";

interface Pending extends Deferred<unknown> {
  readonly what: string | (() => string);
  readonly wait: WaitOptions;
  /** When it expires, in milliseconds of `performance.now()`. */
  readonly due: number;
  readonly cancel: (id: number) => void;
  readonly onAbort: (() => void) | undefined;
}

/** Requests sent to one peer that wait for their answer. Each settles exactly once. */
export class PendingRequests {
  readonly #max: number;
  readonly #byId = new IdMap<Pending>();
  readonly #alarm = new Alarm((now) => this.#expireUntil(now));
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
   * @throws PeerloomError `OVERFLOW` when too many wait already; RangeError for a wrong `timeoutMs`; whatever `send` throws.
   */
  start(what: string | (() => string), wait: WaitOptions, send: (id: number) => void, cancel: (id: number) => void): Promise<unknown> {
    const { signal, timeoutMs = Infinity } = wait;
    checkTimeout(timeoutMs);
    if (this.#byId.size >= this.#max) throw new PeerloomError("OVERFLOW", `${this.#max} requests already wait for an answer`);
    const { promise, resolve, reject } = deferred<unknown>();
    if (signal?.aborted) {
      reject(abortError(signal));
      return promise;
    }
    const id = (this.#lastId += 1);
    const onAbort = signal && ((): void => this.#expire(id, abortError(signal)));
    const due = timeoutMs === Infinity ? Infinity : performance.now() + timeoutMs;
    this.#byId.set(id, { promise, resolve, reject, what, wait, due, cancel, onAbort });
    if (onAbort !== undefined) signal?.addEventListener("abort", onAbort, { once: true });
    this.#alarm.set(due);
    try {
      send(id);
    } catch (thrown) {
      this.#settle(id);
      this.#rest();
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
    for (const [id] of this.#byId.entries) this.reject(id, error);
    this.#alarm.stop();
  }

  /** The caller does not wait any longer. */
  #expire(id: number, error: PeerloomError): void {
    const pending = this.#settle(id);
    this.#rest();
    pending?.cancel(id);
    pending?.reject(error);
  }

  /** Answers leave the alarm as it is: the next request is going to need it. */
  #rest(): void {
    if (this.#byId.size === 0) this.#alarm.stop();
  }

  /** @returns when the next one expires. */
  #expireUntil(now: number): number {
    for (const [id, { what, wait, due }] of this.#byId.entries) {
      if (due <= now) this.#expire(id, timeoutError(what, wait.timeoutMs ?? Infinity));
    }
    let next = Infinity;
    for (const [, { due }] of this.#byId.entries) next = Math.min(next, due);
    return next;
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#byId.take(id);
    if (pending === undefined) return undefined;
    if (this.#byId.size === 0) this.#alarm.rest();
    if (pending.onAbort !== undefined) pending.wait.signal?.removeEventListener("abort", pending.onAbort);
    return pending;
  }
}
