import { PeerloomError } from "@peerloom/core";

/** What a method is told beside the caller's arguments; always its last argument. */
export interface ServiceContext {
  /** The caller's id: proven, never taken from the payload. */
  readonly from: string;
  /** Aborts when the caller cancelled, its time is over, it stopped reading a streamed result, or is gone. */
  readonly signal: AbortSignal;
  /** When the caller stops waiting for an answer, in milliseconds since 1970; `Infinity` when it does not. */
  readonly deadline: number;
}

/** The context of one call. Signal and timer are made when a method first asks for them: most never do. */
export class CallContext implements ServiceContext {
  readonly from: string;
  readonly deadline: number;
  readonly #request: { readonly signal?: AbortSignal };
  #abort: AbortController | undefined;
  /** Ends what was begun when a method asked for the signal. */
  #unfollow: (() => void) | undefined;
  #state: "called" | "streaming" | "over" = "called";
  #reason: unknown;

  /** `request` is the context of the session request; its signal is looked at late, too. */
  constructor(from: string, timeoutMs: number, request: { readonly signal?: AbortSignal }) {
    this.from = from;
    this.deadline = timeoutMs === 0 ? Infinity : Date.now() + timeoutMs;
    this.#request = request;
  }

  get signal(): AbortSignal {
    if (this.#abort !== undefined) return this.#abort.signal;
    const { signal } = (this.#abort = new AbortController());
    if (this.#reason !== undefined) this.#abort.abort(this.#reason);
    else if (this.#state === "called") this.#follow(this.#request.signal);
    return signal;
  }

  /** The call is answered by a stream: from now on only that ends it. */
  streams(): void {
    this.#state = "streaming";
    this.#unfollow?.();
  }

  /** The call is over; with `reason` when nobody wants its outcome. */
  end(reason?: unknown): void {
    this.#state = "over";
    this.#unfollow?.();
    if (reason === undefined) return;
    this.#reason ??= reason;
    this.#abort?.abort(this.#reason);
  }

  #follow(signal: AbortSignal | undefined): void {
    if (signal?.aborted) return this.end(signal.reason);
    const onCancel = (): void => this.end(signal?.reason);
    const leftMs = Math.min(Math.max(0, this.deadline - Date.now()), 2_147_483_647);
    const onTimeout = (): void => this.end(new PeerloomError("TIMEOUT", "the caller no longer waits"));
    const timer = this.deadline === Infinity ? undefined : setTimeout(onTimeout, leftMs);
    signal?.addEventListener("abort", onCancel, { once: true });
    this.#unfollow = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onCancel);
    };
  }
}
