import { checkTimeout, deadline, deferred, PeerloomError } from "@peerloom/core";

/** Whether a medium is in reach, and how calls wait for it: not for ever, and not when it is gone. */
export class Reach {
  readonly #name: string;
  readonly #timeoutMs: number;
  #now: AbortController | undefined;

  /** @throws RangeError when `timeoutMs` is no duration. */
  constructor(name: string, timeoutMs: number) {
    this.#name = name;
    this.#timeoutMs = checkTimeout(timeoutMs);
  }

  get timeoutMs(): number {
    return this.#timeoutMs;
  }

  /** Aborts when the medium is out of reach; there is one while it is in reach, each time another. */
  get signal(): AbortSignal | undefined {
    return this.#now?.signal;
  }

  begin(): AbortSignal {
    this.#now = new AbortController();
    return this.#now.signal;
  }

  end(): void {
    this.#now?.abort();
    this.#now = undefined;
  }

  /** What is thrown to those who want something of a medium that is gone. */
  gone(): PeerloomError {
    return new PeerloomError("DRIVER_INACTIVE", `${this.#name} is out of reach`);
  }

  /** Waits for the medium to do something. @throws PeerloomError `DRIVER_INACTIVE`, `TIMEOUT`, its own, or `DRIVER_ERROR` around whatever it throws. */
  async attempt(what: string, run: () => Promise<void> | void): Promise<void> {
    const { signal } = this;
    if (signal === undefined) throw this.gone();
    const { promise, resolve, reject } = deferred<void>();
    const stop = deadline({ signal, timeoutMs: this.#timeoutMs }, what, reject);
    try {
      const result = run();
      if (!(result instanceof Promise)) return;
      result.then(resolve, reject);
      await promise;
    } catch (thrown) {
      if (signal.aborted) throw this.gone();
      if (PeerloomError.is(thrown)) throw thrown;
      throw new PeerloomError("DRIVER_ERROR", `${what} failed: ${String(thrown)}`, { cause: thrown });
    } finally {
      stop();
    }
  }
}
