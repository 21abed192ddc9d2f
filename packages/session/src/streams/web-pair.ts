import type { PeerloomError } from "@peerloom/core";
import type { Channel } from "./channel.ts";
import { Inbox } from "./inbox.ts";
import { cutValue } from "./pieces.ts";
import { Writer } from "./writer.ts";

/** A channel as a pair of web streams. They hold nothing themselves: what has come waits in the channel's window until it is read. */
export class WebPair {
  readonly readable: ReadableStream<unknown>;
  readonly writable: WritableStream<unknown>;
  readonly #inbox: Inbox;
  readonly #writer: Writer;
  readonly #controllers: { error(reason: PeerloomError): void }[] = [];

  constructor(channel: Channel) {
    this.#writer = new Writer(channel);
    let reader: ReadableStreamDefaultController<unknown> | undefined;
    this.#inbox = new Inbox(channel, {
      take: (value) => {
        reader?.enqueue(value);
        // `pull` is called when another read waits.
        return false;
      },
      close: () => reader?.close(),
    });
    this.readable = new ReadableStream<unknown>(
      {
        start: (controller) => {
          reader = controller;
          this.#controllers.push(controller);
        },
        pull: () => this.#inbox.wanted(),
        cancel: (reason: unknown) => channel.destroy(reason),
      },
      { highWaterMark: 0 },
    );
    this.writable = new WritableStream<unknown>({
      start: (controller) => {
        this.#controllers.push(controller);
        // `abort` is only called when the write under way is done, which may wait for a reader that never reads.
        controller.signal.addEventListener("abort", () => channel.destroy(controller.signal.reason), { once: true });
      },
      write: (chunk) =>
        new Promise((resolve, reject) => this.#writer.write(cutValue(chunk), (error) => (error === null ? resolve() : reject(error)))),
      close: () => channel.end(),
    });
    channel.attach({
      data: (values) => this.#inbox.arrived(values),
      end: () => this.#inbox.ended(),
      writable: () => this.#writer.go(),
      failed: (error) => this.#fail(error),
    });
  }

  /** Puts both streams into the errored state. */
  #fail(error: PeerloomError): void {
    this.#inbox.clear();
    for (const controller of this.#controllers) controller.error(error);
    this.#writer.fail(error);
  }
}
