import type { PeerloomError } from "@peerloom/core";

export interface LaneOutHooks {
  /** Its turn has come: now its content is wanted. */
  readonly started?: (() => void) | undefined;
  /** Bytes were acknowledged. */
  readonly progress?: ((bytes: number) => void) | undefined;
  /** Its end was put into a packet. */
  readonly ended?: (() => void) | undefined;
  /** The other side has everything. */
  readonly done: () => void;
  /** It ended before that: stopped by the other side, aborted here, or the channel is closed. */
  readonly failed: (error: PeerloomError) => void;
  /** There is room for more content. */
  readonly wanted?: (() => void) | undefined;
}

/** Something large on its way out, in chunks: a message, a file, a stream. What is pushed must not change until it is acknowledged. */
export class LaneOut {
  readonly id: number;
  /** The numbers and the text of the frame that opens it, after its own number. */
  readonly head: { readonly numbers: readonly number[]; readonly text: string };
  readonly hooks: LaneOutHooks;
  isOpened = false;
  /** Its end is among the packets. */
  isEnded = false;
  readonly #chunks: Uint8Array[] = [];
  #at = 0;
  #bytes = 0;
  #credit: number;
  #isWhole = false;

  constructor(id: number, head: LaneOut["head"], credit: number, hooks: LaneOutHooks) {
    this.id = id;
    this.head = head;
    this.#credit = credit;
    this.hooks = hooks;
  }

  /** Bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Is there anything that may be sent now? */
  get isReady(): boolean {
    return !this.isOpened || (this.#bytes > 0 ? this.#credit > 0 : this.#isWhole && !this.isEnded);
  }

  /** All was pushed and taken: only its end is left. */
  get isDrained(): boolean {
    return this.#isWhole && this.#bytes === 0;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  /** Nothing more will be pushed. */
  finish(): void {
    this.#isWhole = true;
  }

  give(credit: number): void {
    this.#credit += credit;
  }

  /** The next piece, of at most `size` bytes; a view. */
  take(size: number): Uint8Array | undefined {
    const chunk = this.#chunks[0];
    const length = Math.min(size, this.#credit, (chunk?.length ?? 0) - this.#at);
    if (chunk === undefined || length <= 0) return undefined;
    const piece = chunk.subarray(this.#at, this.#at + length);
    this.#at += length;
    this.#bytes -= length;
    this.#credit -= length;
    if (this.#at === chunk.length) {
      this.#chunks.shift();
      this.#at = 0;
    }
    return piece;
  }

  /** Keeps copies of what is still here, so that its owner may change it. */
  own(): void {
    for (const [index, chunk] of this.#chunks.entries()) this.#chunks[index] = chunk.slice(index === 0 ? this.#at : 0);
    this.#at = 0;
  }

  clear(): void {
    this.#chunks.length = 0;
    this.#at = 0;
    this.#bytes = 0;
  }
}
