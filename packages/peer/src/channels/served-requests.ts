import { PeerloomError, toWireError, type WireError } from "@peerloom/core";

/** What a request handler is told beside the data. */
export interface RequestContext {
  /** Aborts when the other side cancelled the request or is gone. */
  readonly signal: AbortSignal;
}

/** Answers a request with what it returns or resolves to. What it throws rejects the caller, with its code and message. */
export type RequestHandler = (data: unknown, context: RequestContext) => unknown;

export interface Answers {
  readonly value: (id: number, value: unknown) => void;
  readonly failure: (id: number, error: WireError) => void;
}

/** Requests of the other side that are being handled here. */
export class ServedRequests {
  readonly #max: number;
  readonly #answers: Answers;
  readonly #active = new Map<number, AbortController>();
  /** Handlers that have not ended, those of cancelled requests among them. */
  #running = 0;
  handler: RequestHandler | undefined;

  constructor(max: number, answers: Answers) {
    this.#max = max;
    this.#answers = answers;
  }

  get count(): number {
    return this.#active.size;
  }

  /** @returns what is wrong with the request. */
  serve(id: number, data: unknown): string | undefined {
    if (this.#active.has(id)) return `request ${id} is made twice`;
    const { handler } = this;
    if (handler === undefined) this.#answers.failure(id, { code: "NO_HANDLER", message: "nobody answers requests here" });
    else if (this.#running >= this.#max) this.#answers.failure(id, { code: "LIMIT", message: `${this.#max} requests are being handled` });
    else void this.#run(id, data, handler);
    return undefined;
  }

  cancel(id: number): void {
    const life = this.#active.get(id);
    this.#active.delete(id);
    life?.abort(new PeerloomError("ABORTED", "the other side cancelled the request"));
  }

  fail(error: PeerloomError): void {
    const lives = [...this.#active.values()];
    this.#active.clear();
    for (const life of lives) life.abort(error);
  }

  /** Never rejects. */
  async #run(id: number, data: unknown, handler: RequestHandler): Promise<void> {
    const life = new AbortController();
    this.#active.set(id, life);
    this.#running += 1;
    try {
      const result = handler(data, { signal: life.signal });
      // Nothing to wait for: the answer goes out with what this packet brought.
      const value: unknown = isThenable(result) ? await result : result;
      if (this.#active.get(id) === life) this.#answers.value(id, value);
    } catch (error) {
      if (this.#active.get(id) === life) this.#answers.failure(id, toWireError(error));
    } finally {
      this.#running -= 1;
      if (this.#active.get(id) === life) this.#active.delete(id);
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
