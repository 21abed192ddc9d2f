import { PeerloomError, type PeerStream } from "@peerloom/core";
import { remoteError } from "./wire.ts";

/** A streamed result or argument, as its reader has it: opened when it is first read, destroyed when the reader stops. */
export class IncomingValues implements AsyncIterableIterator<unknown>, AsyncDisposable {
  readonly #open: () => Promise<PeerStream>;
  #reader: Promise<ReadableStreamDefaultReader<unknown>> | undefined;
  #isDone = false;

  /** `open` asks for the stream; called at most once. */
  constructor(open: () => Promise<PeerStream>) {
    this.#open = open;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<unknown>> {
    if (this.#isDone) return { done: true, value: undefined };
    try {
      const reader = await (this.#reader ??= this.#start());
      const { done, value } = await reader.read();
      if (done) return this.#end();
      return { done: false, value: unwrap(value) };
    } catch (thrown) {
      this.#isDone = true;
      throw thrown;
    }
  }

  /** Stops reading; the other side stops producing. */
  async return(): Promise<IteratorResult<unknown>> {
    if (this.#isDone) return this.#end();
    this.#isDone = true;
    try {
      const reader = await (this.#reader ??= this.#start());
      await reader.cancel(new PeerloomError("ABORTED", "the reader has stopped"));
    } catch {
      // It is over all the same.
    }
    return this.#end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  async #start(): Promise<ReadableStreamDefaultReader<unknown>> {
    const stream = await this.#open();
    const reader = stream.readable.getReader();
    // Nothing goes the other way. When the stream dies, reading it tells.
    stream.writable.close().catch(() => {});
    return reader;
  }

  #end(): IteratorResult<unknown> {
    this.#isDone = true;
    return { done: true, value: undefined };
  }
}

function unwrap(item: unknown): unknown {
  if (Array.isArray(item) && item.length === 1) return (item as readonly unknown[])[0];
  const [code, message] = Array.isArray(item) ? (item as readonly unknown[]) : [];
  if (typeof code === "string" && typeof message === "string") throw remoteError(code, message);
  throw new PeerloomError("PROTOCOL_ERROR", "the other side sent something that is no value of a stream");
}
