import { abortError, checkTimeout, PeerloomError, timeoutError, type Outcome, type WaitOptions } from "@peerloom/core";
import { Alarm } from "./alarm.ts";
import { IdMap } from "./id-map.ts";

interface Pending {
  readonly outcome: Outcome;
  /** What was asked, as JSON. */
  readonly name: string;
  readonly wait: WaitOptions;
  /** When it expires, in milliseconds of `performance.now()`. */
  readonly due: number;
  readonly onAbort: (() => void) | undefined;
}

/** Requests sent to one peer that wait for their answer. Each settles exactly once. */
export class PendingRequests {
  readonly #peer: string;
  readonly #max: number;
  readonly #cancel: (id: number) => void;
  readonly #byId = new IdMap<Pending>();
  readonly #alarm = new Alarm((now) => this.#expireUntil(now));
  #lastId = 0;

  /** `cancel` is told of each whose asker stops waiting. */
  constructor(peer: string, max: number, cancel: (id: number) => void) {
    this.#peer = peer;
    this.#max = max;
    this.#cancel = cancel;
  }

  get size(): number {
    return this.#byId.size;
  }

  /**
   * Waits for an answer from now on. @returns the number of the request, which is to be sent; or undefined when nobody wants to wait any more.
   *
   * @throws PeerloomError `OVERFLOW` when too many wait already; RangeError for a wrong `timeoutMs`.
   */
  add(name: string, wait: WaitOptions, outcome: Outcome): number | undefined {
    const { signal, timeoutMs = Infinity } = wait;
    checkTimeout(timeoutMs);
    if (this.#byId.size >= this.#max) throw new PeerloomError("OVERFLOW", `${this.#max} requests already wait for an answer`);
    if (signal?.aborted) {
      outcome.reject(abortError(signal));
      return undefined;
    }
    const id = (this.#lastId += 1);
    const onAbort = signal && ((): void => this.#expire(id, abortError(signal)));
    const due = timeoutMs === Infinity ? Infinity : performance.now() + timeoutMs;
    this.#byId.set(id, { outcome, name, wait, due, onAbort });
    if (onAbort !== undefined) signal?.addEventListener("abort", onAbort, { once: true });
    this.#alarm.set(due);
    return id;
  }

  /** It could not be sent: its outcome is told by whoever tried. */
  drop(id: number): void {
    this.#settle(id);
    this.#rest();
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

  /** The asker does not wait any longer. */
  #expire(id: number, error: PeerloomError): void {
    const outcome = this.#settle(id);
    this.#rest();
    if (outcome === undefined) return;
    this.#cancel(id);
    outcome.reject(error);
  }

  /** Answers leave the alarm as it is: the next request is going to need it. */
  #rest(): void {
    if (this.#byId.size === 0) this.#alarm.stop();
  }

  /** @returns when the next one expires. */
  #expireUntil(now: number): number {
    for (const [id, { name, wait, due }] of this.#byId.entries) {
      if (due > now) continue;
      this.#expire(id, timeoutError(`the request ${name} to ${JSON.stringify(this.#peer)}`, wait.timeoutMs ?? Infinity));
    }
    let next = Infinity;
    for (const [, { due }] of this.#byId.entries) next = Math.min(next, due);
    return next;
  }

  #settle(id: number): Outcome | undefined {
    const pending = this.#byId.take(id);
    if (pending === undefined) return undefined;
    if (this.#byId.size === 0) this.#alarm.rest();
    if (pending.onAbort !== undefined) pending.wait.signal?.removeEventListener("abort", pending.onAbort);
    return pending.outcome;
  }
}
