import type { PeerloomError } from "@peerloom/core";
import { WIRE_LIMITS } from "./wire.ts";

const TAIL_BYTES = 16_384;

export interface FlowHooks {
  /** More may come: these bytes were read. */
  readonly credit: (bytes: number) => void;
  /** The reader wants no more. */
  readonly cancelled: (reason: unknown) => void;
  readonly progress?: ((receivedBytes: number) => void) | undefined;
}

/** Content that arrives in order and is read at the reader's pace: never more than a window of it is here. */
export class FlowIn {
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #hooks: FlowHooks;
  #chunks: Uint8Array<ArrayBuffer>[] = [];
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;
  #wanted: (() => void) | undefined;
  #window: number = WIRE_LIMITS.windowBytes;
  #consumed = 0;
  #received = 0;
  #isWhole = false;
  /** Where small chunks are put together: the last of the chunks. */
  #tail: { readonly buffer: ArrayBuffer; used: number } | undefined;

  constructor(hooks: FlowHooks) {
    this.#hooks = hooks;
    this.readable = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        start: (controller) => void (this.#controller = controller),
        pull: () => this.#pull(),
        cancel: (reason: unknown) => {
          this.#controller = undefined;
          this.#chunks = [];
          hooks.cancelled(reason);
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** Bytes that have come. */
  get received(): number {
    return this.#received;
  }

  /** @returns false when more comes than was allowed. */
  push(chunk: Uint8Array<ArrayBuffer>): boolean {
    this.#window -= chunk.length;
    if (this.#window < 0) return false;
    this.#received += chunk.length;
    this.#hooks.progress?.(this.#received);
    this.#add(chunk);
    this.#wanted?.();
    return true;
  }

  /** Small chunks are put together: each by itself would keep the whole packet it came in. */
  #add(chunk: Uint8Array<ArrayBuffer>): void {
    if (chunk.length >= TAIL_BYTES / 4) {
      this.#tail = undefined;
      this.#chunks.push(chunk);
      return;
    }
    if (this.#tail === undefined || this.#tail.used + chunk.length > TAIL_BYTES) {
      this.#tail = { buffer: new ArrayBuffer(TAIL_BYTES), used: 0 };
      this.#chunks.push(new Uint8Array(0));
    }
    const { buffer, used } = this.#tail;
    new Uint8Array(buffer, used).set(chunk);
    this.#tail.used += chunk.length;
    this.#chunks[this.#chunks.length - 1] = new Uint8Array(buffer, 0, this.#tail.used);
  }

  end(): void {
    this.#isWhole = true;
    if (this.#chunks.length === 0) this.#finish();
  }

  fail(error: PeerloomError): void {
    this.#chunks = [];
    this.#wanted?.();
    this.#controller?.error(error);
    this.#controller = undefined;
  }

  /** Called when a reader waits. */
  #pull(): Promise<void> | void {
    if (this.#chunks.length > 0) return this.#hand();
    return new Promise((resolve) => {
      this.#wanted = () => {
        this.#wanted = undefined;
        if (this.#controller !== undefined && this.#chunks.length > 0) this.#hand();
        resolve();
      };
    });
  }

  #hand(): void {
    const chunk = this.#chunks.shift();
    if (chunk === undefined) return;
    if (this.#chunks.length === 0) this.#tail = undefined;
    this.#controller?.enqueue(chunk);
    this.#consumed += chunk.length;
    if (this.#isWhole && this.#chunks.length === 0) return this.#finish();
    if (this.#consumed * 4 < WIRE_LIMITS.windowBytes) return;
    this.#window += this.#consumed;
    this.#hooks.credit(this.#consumed);
    this.#consumed = 0;
  }

  #finish(): void {
    this.#wanted?.();
    this.#controller?.close();
    this.#controller = undefined;
  }
}
