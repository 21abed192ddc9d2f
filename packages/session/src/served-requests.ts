import type { MessageContext, PeerloomError } from "@peerloom/core";

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
  readonly #byId = new Map<number, RequestContext>();
  /** Those whose handlers have not ended, cancelled ones among them. */
  readonly #running = new Set<RequestContext>();

  constructor(max: number) {
    this.#max = max;
  }

  /** How many wait for their answer. */
  get size(): number {
    return this.#byId.size;
  }

  /** False when too many handlers are at work already, whether anybody waits for their answers or not. */
  get hasRoom(): boolean {
    return this.#running.size < this.#max;
  }

  start(id: number, from: string): RequestContext {
    const context = new RequestContext(from);
    this.#byId.set(id, context);
    this.#running.add(context);
    return context;
  }

  has(id: number): boolean {
    return this.#byId.has(id);
  }

  /** The handler has ended. Returns false when nobody waits for its answer any more. */
  finish(id: number, context: RequestContext): boolean {
    this.#running.delete(context);
    return this.#byId.get(id) === context && this.#byId.delete(id);
  }

  cancel(id: number, reason: PeerloomError): void {
    const context = this.#byId.get(id);
    this.#byId.delete(id);
    context?.cancel(reason);
  }

  cancelAll(reason: PeerloomError): void {
    for (const id of [...this.#byId.keys()]) this.cancel(id, reason);
  }
}
