import { deadline, type WaitOptions } from "@peerloom/core";

/** Waits for a promise that others wait for too. @throws PeerloomError `TIMEOUT`, `ABORTED`; what the promise rejects with. */
export function until<T>(promise: Promise<T>, wait: WaitOptions, what: string): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stop = deadline(wait, what, reject);
    promise.then(
      (value) => {
        stop();
        resolve(value);
      },
      (error: unknown) => {
        stop();
        reject(error as Error);
      },
    );
  });
}
