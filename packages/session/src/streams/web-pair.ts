import { PeerloomError } from "@peerloom/core";
import type { Channel } from "./channel.ts";
import { costOf } from "./credit.ts";
import { cutBytes } from "./cut-bytes.ts";

/** A channel as a pair of web streams. */
export class WebPair {
  readonly readable: ReadableStream<unknown>;
  readonly writable: WritableStream<unknown>;
  readonly #channel: Channel;
  readonly #queue: unknown[] = [];
  readonly #reader: ReadableStreamDefaultController<unknown>;
  readonly #writer: WritableStreamDefaultController;
  #wakeReader: (() => void) | undefined;
  #wakeWriter: (() => void) | undefined;
  #hasEnded = false;
  #hasFailed = false;

  constructor(channel: Channel) {
    this.#channel = channel;
    let reader: ReadableStreamDefaultController<unknown> | undefined;
    let writer: WritableStreamDefaultController | undefined;
    this.readable = new ReadableStream<unknown>(
      {
        start: (controller) => void (reader = controller),
        pull: () => this.#pull(),
        cancel: (reason: unknown) => this.#channel.destroy(reason ?? new PeerloomError("ABORTED", "the reader cancelled the stream")),
      },
      { highWaterMark: 0 },
    );
    this.writable = new WritableStream<unknown>({
      start: (controller) => void (writer = controller),
      write: (chunk) => this.#write(chunk),
      close: () => this.#channel.end(),
      abort: (reason: unknown) => {
        this.#channel.destroy(reason ?? new PeerloomError("ABORTED", "the writer aborted the stream"));
        this.fail(this.#channel.error);
      },
    });
    if (reader === undefined || writer === undefined) throw new TypeError("these web streams do not start at once");
    this.#reader = reader;
    this.#writer = writer;
    channel.attach({
      data: (values) => {
        this.#queue.push(...values);
        this.#wakeReader?.();
      },
      end: () => {
        this.#hasEnded = true;
        this.#wakeReader?.();
      },
      writable: () => this.#wakeWriter?.(),
      failed: (error) => this.fail(error),
    });
  }

  /** Puts both streams into the errored state, once. */
  fail(error: PeerloomError | undefined): void {
    if (this.#hasFailed || error === undefined) return;
    this.#hasFailed = true;
    this.#reader.error(error);
    this.#writer.error(error);
    this.#wakeReader?.();
    this.#wakeWriter?.();
  }

  async #pull(): Promise<void> {
    if (this.#queue.length === 0 && !this.#hasEnded && !this.#hasFailed) {
      await new Promise<void>((resolve) => (this.#wakeReader = resolve));
    }
    if (this.#hasFailed) return;
    if (this.#queue.length === 0) return this.#reader.close();
    const value = this.#queue.shift();
    this.#channel.consumed(costOf(value));
    this.#reader.enqueue(value);
  }

  async #write(chunk: unknown): Promise<void> {
    for (const piece of cutBytes(chunk)) {
      while (!this.#channel.canWrite && !this.#hasFailed) await new Promise<void>((resolve) => (this.#wakeWriter = resolve));
      this.#channel.write([piece]);
    }
  }
}
