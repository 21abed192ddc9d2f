import { deadline, deferred, type PeerloomError, type WaitOptions } from "@peerloom/core";

interface Waiter {
  readonly stop: () => void;
  readonly resolve: () => void;
  readonly reject: (error: PeerloomError) => void;
}

/** Callers that wait for the same thing. */
export class Waiters {
  readonly #waiting = new Set<Waiter>();

  wait(what: string, options: WaitOptions): Promise<void> {
    const { promise, resolve, reject } = deferred<void>();
    let waiter: Waiter | undefined;
    const stop = deadline(options, what, (error) => {
      if (waiter !== undefined) this.#waiting.delete(waiter);
      reject(error);
    });
    if (options.signal?.aborted) return promise;
    waiter = { stop, resolve, reject };
    this.#waiting.add(waiter);
    return promise;
  }

  resolveAll(): void {
    for (const { stop, resolve } of this.#take()) {
      stop();
      resolve();
    }
  }

  rejectAll(error: PeerloomError): void {
    for (const { stop, reject } of this.#take()) {
      stop();
      reject(error);
    }
  }

  #take(): Waiter[] {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    return waiting;
  }
}
