import { createCell, Cells, type Cell } from "../cell.ts";
import { inWords } from "../model/words.ts";
import type { Session } from "../net/session.ts";
import { toCode } from "../net/to-code.ts";
import { samples, type Sample } from "./samples.ts";
import { maxPoints, withValue, type Series } from "./series.ts";

const callTimeoutMs = 5000;

/** What the last call of a service brought. */
export type Answer =
  | { readonly at: "none" }
  | { readonly at: "asking" }
  | { readonly at: "answered"; readonly words: string; readonly ms: number }
  | { readonly at: "failed"; readonly why: string };

/** The services of a relay, as the panel shows them: which there are, what they answered, what their topics published. */
export class ServicesPanel {
  /** The names of all services that have providers. */
  readonly offered: Cell<ReadonlySet<string>> = createCell<ReadonlySet<string>>(new Set());
  readonly answers: Cells<Answer> = new Cells<Answer>({ at: "none" });
  readonly series: Cells<Series> = new Cells<Series>([]);
  readonly isOpen: Cell<boolean> = createCell(false);
  #session: Session | undefined;
  #close: AbortController | undefined;

  attach = (session: Session): void => {
    const { client, signal } = session;
    this.#session = session;
    client.watchServices(
      ({ service, providers }) => {
        const offered = new Set(this.offered.value);
        if (providers > 0) offered.add(service);
        else offered.delete(service);
        this.offered.set(offered);
      },
      { signal },
    );
    signal.addEventListener("abort", () => {
      this.setOpen(false);
      this.offered.set(new Set());
      this.answers.clear();
      this.#session = undefined;
    });
  };

  /** Topics are subscribed to only while somebody looks. */
  setOpen(isOpen: boolean): void {
    if (isOpen === this.isOpen.value) return;
    this.isOpen.set(isOpen);
    this.#close?.abort();
    this.series.clear();
    if (!isOpen || this.#session === undefined) return;
    const close = new AbortController();
    this.#close = close;
    for (const sample of samples) void this.#subscribe(this.#session, sample, close.signal);
  }

  async call({ service, method, words }: Sample): Promise<void> {
    const answer = this.answers.at(service);
    const call = this.#session?.client.service(service, { timeoutMs: callTimeoutMs })[method];
    if (call === undefined || answer.value.at === "asking") return;
    answer.set({ at: "asking" });
    const start = performance.now();
    try {
      answer.set({ at: "answered", words: words(await call()), ms: performance.now() - start });
    } catch (thrown) {
      answer.set({ at: "failed", why: inWords(toCode(thrown), "The service") });
    }
  }

  async #subscribe({ client }: Session, { service, topic, begin }: Sample, signal: AbortSignal): Promise<void> {
    const cell = this.series.at(service);
    try {
      const add = (value: unknown): void => cell.set(withValue(cell.value, value));
      const subscription = await client.subscribe(service, topic, add, {
        signal,
        ...(begin === "value" ? { onSnapshot: add } : { replay: maxPoints }),
      });
      if (signal.aborted) return await subscription.unsubscribe();
      signal.addEventListener("abort", () => void subscription.unsubscribe());
    } catch {
      // The relay does not allow it, or the panel was closed.
    }
  }
}
