import { abortError, type PeerloomError } from "@peerloom/core";
import type { LaneOut, LaneOutHooks } from "./lane-out.ts";
import type { SendProgress } from "./options.ts";

/** What the caller of a send wants to know. */
export interface Watch {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: SendProgress) => void) | undefined;
  readonly totalBytes: number | undefined;
}

/** Promises of what is on its way; each settles, at the latest when the channel ends. */
export class PendingSends {
  readonly #rejects = new Set<(error: PeerloomError) => void>();
  readonly #report: (error: unknown) => void;

  /** `report` is told what a progress listener throws. */
  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  get count(): number {
    return this.#rejects.size;
  }

  /**
   * Resolves when what `start` sends has come. When the signal aborts it rejects, and `abort` is called for what travels in a lane.
   * Rejects with what `start` throws.
   */
  run(
    watch: Watch,
    abort: (lane: LaneOut, error: PeerloomError) => void,
    start: (hooks: LaneOutHooks) => LaneOut | undefined,
  ): Promise<void> {
    const { signal, onProgress, totalBytes } = watch;
    if (signal?.aborted) return Promise.reject(abortError(signal));
    return new Promise<void>((resolve, reject) => {
      let bytes = 0;
      const report =
        onProgress &&
        ((more: number): void => {
          bytes += more;
          try {
            onProgress({ bytes, totalBytes });
          } catch (error) {
            this.#report(error);
          }
        });
      const settle = (): void => {
        this.#rejects.delete(fail);
        signal?.removeEventListener("abort", onAbort);
      };
      const fail = (error: PeerloomError): void => {
        settle();
        reject(error);
      };
      const onAbort = (): void => {
        const error = abortError(signal as AbortSignal);
        if (lane === undefined) fail(error);
        else abort(lane, error);
        fail(error);
      };
      this.#rejects.add(fail);
      signal?.addEventListener("abort", onAbort);
      let lane: LaneOut | undefined;
      try {
        lane = start({
          progress: report,
          done: () => {
            // A small message has no progress of its own.
            if (lane === undefined && totalBytes !== undefined) report?.(totalBytes);
            settle();
            resolve();
          },
          failed: fail,
        });
      } catch (error) {
        settle();
        reject(error);
      }
    });
  }

  fail(error: PeerloomError): void {
    for (const reject of [...this.#rejects]) reject(error);
  }
}
