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

/** The `TIMEOUT` error of who waited `timeoutMs` for `what`. */
export function timeoutError(what: string | (() => string), timeoutMs: number): PeerloomError {
  return new PeerloomError("TIMEOUT", `${typeof what === "string" ? what : what()} took longer than ${timeoutMs} ms`);
}

/**
 * Calls `expire` once: with `TIMEOUT` after `timeoutMs`, or with `ABORTED` when `signal` aborts. Returns what stops both.
 * A signal that has aborted already expires before this returns. `what` was waited for, or a function that says it.
 *
 * @throws RangeError when `timeoutMs` is no duration.
 */
export function deadline(
  { signal, timeoutMs = Infinity }: WaitOptions,
  what: string | (() => string),
  expire: (error: PeerloomError) => void,
): () => void {
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
    expire(timeoutError(what, timeoutMs));
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** In steps, because a timer keeps no longer delay. */
  const arm = (leftMs: number): void => {
    timer = leftMs > maxDelayMs ? setTimeout(() => arm(leftMs - maxDelayMs), maxDelayMs) : setTimeout(onTimeout, leftMs);
  };
  const stop = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  };
  if (timeoutMs !== Infinity) arm(timeoutMs);
  signal?.addEventListener("abort", onAbort, { once: true });
  return stop;
}
