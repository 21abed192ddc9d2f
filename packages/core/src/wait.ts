import { PeerloomError } from "./error.ts";

/** How long a caller is ready to wait. */
export interface WaitOptions {
  /** Stops waiting; the promise rejects with `ABORTED` and the signal's reason as `cause`. */
  readonly signal?: AbortSignal;
  /** Milliseconds; `Infinity` means no limit. The default stands at the function that takes it. */
  readonly timeoutMs?: number;
}

/** The longest delay `setTimeout` keeps (2^31 - 1 ms); longer ones would fire at once. */
const maxDelayMs = 2_147_483_647;

/** Checks a duration: a number of milliseconds from 0 on, or `Infinity`. @throws RangeError otherwise. */
export function checkTimeout(timeoutMs: number): number {
  if (typeof timeoutMs !== "number" || Number.isNaN(timeoutMs) || timeoutMs < 0) {
    throw new RangeError(`timeoutMs must be a number of milliseconds from 0 on, not ${String(timeoutMs)}`);
  }
  return timeoutMs;
}

/** The `ABORTED` error for a signal that aborted. */
export function abortError(signal: AbortSignal): PeerloomError {
  return new PeerloomError("ABORTED", "the caller's signal aborted", { cause: signal.reason });
}

/**
 * Calls `expire` once: with `TIMEOUT` after `timeoutMs`, or with `ABORTED` when `signal` aborts. Returns what stops both.
 * A signal that has aborted already expires before this returns.
 */
export function deadline({ signal, timeoutMs = Infinity }: WaitOptions, what: string, expire: (error: PeerloomError) => void): () => void {
  checkTimeout(timeoutMs);
  if (signal?.aborted) {
    expire(abortError(signal));
    return () => {};
  }
  const onAbort = (): void => {
    stop();
    expire(abortError(signal as AbortSignal));
  };
  const onTimeout = (): void => {
    stop();
    expire(new PeerloomError("TIMEOUT", `${what} took longer than ${timeoutMs} ms`));
  };
  const timer = timeoutMs <= maxDelayMs ? setTimeout(onTimeout, timeoutMs) : undefined;
  const stop = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  return stop;
}

/** A promise with its handles outside. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T | PromiseLike<T>): void;
  reject(reason: unknown): void;
}

/** Makes a `Deferred`. */
export function deferred<T>(): Deferred<T> {
  let resolve!: Deferred<T>["resolve"];
  let reject!: Deferred<T>["reject"];
  const promise = new Promise<T>((ok, fail) => {
    resolve = ok;
    reject = fail;
  });
  return { promise, resolve, reject };
}

export interface BackoffOptions {
  /** First delay in milliseconds. @defaultValue 100 */
  readonly minMs?: number;
  /** Largest delay in milliseconds. @defaultValue 5000 */
  readonly maxMs?: number;
  /** Source of randomness in [0, 1). @defaultValue Math.random */
  readonly random?: () => number;
}

/** Delay before try number `attempt` (from 0): doubles from `minMs` up to `maxMs`, of which a random half is taken off. */
export function backoff(attempt: number, { minMs = 100, maxMs = 5000, random = Math.random }: BackoffOptions = {}): number {
  const full = Math.min(maxMs, minMs * 2 ** Math.min(attempt, 30));
  return full * (0.5 + random() / 2);
}
