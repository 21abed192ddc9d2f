import type { MessageContext, PeerloomError } from "@peerloom/core";
import { IdMap } from "./id-map.ts";

/** The context of one request; its signal is made when a handler first asks for it. */
export class RequestContext implements MessageContext {
  readonly from: string;
  #abort: AbortController | undefined;
  #reason: PeerloomError | undefined;

  constructor(from: string) {
    this.from = from;
  }

  /** Aborts when the caller cancelled, timed out, or is gone. */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#reason !== undefined) this.#abort.abort(this.#reason);
    return this.#abort.signal;
  }

  cancel(reason: PeerloomError): void {
    this.#reason ??= reason;
    this.#abort?.abort(this.#reason);
  }
}

/** Requests of one peer that are being handled here. */
export class ServedRequests {
  readonly #max: number;
  readonly #byId = new IdMap<RequestContext>();
  /** How many handlers have not ended, those of cancelled requests among them. */
  #running = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** How many wait for their answer. */
  get size(): number {
    return this.#byId.size;
  }

  /** False when too many handlers are at work already, whether anybody waits for their answers or not. */
  get hasRoom(): boolean {
    return this.#running < this.#max;
  }

  start(id: number, from: string): RequestContext {
    const context = new RequestContext(from);
    this.#byId.set(id, context);
    this.#running += 1;
    return context;
  }

  has(id: number): boolean {
    return this.#byId.has(id);
  }

  /** The handler has ended: to be called once for each that was started. Returns false when nobody waits for its answer any more. */
  finish(id: number, context: RequestContext): boolean {
    this.#running -= 1;
    return this.#byId.get(id) === context && this.#byId.take(id) === context;
  }

  cancel(id: number, reason: PeerloomError): void {
    this.#byId.take(id)?.cancel(reason);
  }

  cancelAll(reason: PeerloomError): void {
    for (const [id] of this.#byId.entries) this.cancel(id, reason);
  }
}
