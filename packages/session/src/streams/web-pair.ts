import { deferred, type Deferred, type PeerloomError } from "@peerloom/core";
import type { Channel } from "./channel.ts";
import { Inbox } from "./inbox.ts";
import { cutValue } from "./pieces.ts";
import { Writer } from "./writer.ts";

/** A channel as a pair of web streams. They hold nothing themselves: what has come waits in the channel's window until it is read. */
export class WebPair {
  readonly readable: ReadableStream<unknown>;
  readonly writable: WritableStream<unknown>;
  readonly #channel: Channel;
  readonly #inbox: Inbox;
  readonly #writer: Writer;
  #closing: Deferred<void> | undefined;
  #readController: ReadableStreamDefaultController<unknown> | undefined;
  #writeController: WritableStreamDefaultController | undefined;

  constructor(channel: Channel) {
    this.#channel = channel;
    this.#writer = new Writer(channel);
    this.#inbox = new Inbox(channel, {
      take: (value) => {
        this.#readController?.enqueue(value);
        // `pull` is called when another read waits.
        return false;
      },
      close: () => this.#readController?.close(),
    });
    this.readable = new ReadableStream<unknown>(
      {
        start: (controller) => void (this.#readController = controller),
        pull: () => this.#inbox.wanted(),
        cancel: (reason: unknown) => channel.destroy(reason),
      },
      { highWaterMark: 0 },
    );
    this.writable = new WritableStream<unknown>({
      start: (controller) => {
        this.#writeController = controller;
        controller.signal.addEventListener("abort", () => this.#abort(controller.signal.reason), { once: true });
      },
      write: (chunk) => new Promise((resolve, reject) => this.#write(chunk, resolve, reject)),
      close: () => this.#close(),
    });
    channel.attach({
      data: (values) => this.#inbox.arrived(values),
      end: () => this.#inbox.ended(),
      arrived: () => this.#closing?.resolve(),
      writable: () => this.#writer.go(),
      failed: (error) => this.#fail(error),
    });
  }

  #write(chunk: unknown, resolve: () => void, reject: (error: Error) => void): void {
    this.#writer.write(cutValue(chunk), (error) => {
      if (error === null) return resolve();
      reject(error);
      this.#channel.destroy(error);
    });
  }

  #close(): Promise<void> {
    this.#closing = deferred<void>();
    this.#channel.end();
    return this.#closing.promise;
  }

  /** Not done by the sink's `abort`: that waits for the write under way, which may wait for a reader that never reads. */
  #abort(reason: unknown): void {
    // An error besides would make the caller's `abort()` reject.
    this.#writeController = undefined;
    this.#channel.destroy(reason);
  }

  /** Puts both streams into the errored state. */
  #fail(error: PeerloomError): void {
    this.#inbox.clear();
    this.#readController?.error(error);
    this.#writeController?.error(error);
    this.#writer.fail(error);
    this.#closing?.reject(error);
  }
}
