import type { LaneOut } from "./lane-out.ts";
import type { Packer } from "./packer.ts";
import type { EncodedValue } from "./values.ts";
import { FRAME } from "./wire.ts";

/** What stands in the line: something large, or a small message that waits behind it. */
export type Waiting =
  | { readonly type: "lane"; readonly lane: LaneOut; readonly bytes: number }
  | { readonly type: "small"; readonly value: EncodedValue; readonly bytes: number; readonly done: (() => void) | undefined };

/**
 * Keeps messages in order on an ordered channel: a large one starts when all before it has gone out, and those behind it wait
 * until its end has. Requests, files and streams do not stand in this line.
 */
export class MessageLine {
  readonly #packer: Packer;
  readonly #start: (lane: LaneOut) => void;
  #items: Waiting[] = [];
  #bytes = 0;
  /** What the packer has to have given away before the first item may start. */
  #mark: number | undefined;

  constructor(packer: Packer, start: (lane: LaneOut) => void) {
    this.#packer = packer;
    this.#start = start;
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** Bytes that wait, those of a large message that has started not counted. */
  get bytes(): number {
    return this.#bytes;
  }

  push(item: Waiting): void {
    this.#items.push(item);
    this.#bytes += item.bytes;
    if (this.#items.length === 1) this.#mark = this.#packer.mark();
  }

  /** Starts the first item when all before it has gone out. */
  advance(): void {
    if (this.#mark === undefined || !this.#packer.isPast(this.#mark)) return;
    const first = this.#items[0];
    if (first?.type !== "lane") return;
    this.#mark = undefined;
    this.#bytes -= first.bytes;
    this.#start(first.lane);
  }

  /** A large message has gone out, or was given up: the next ones follow. */
  remove(lane: LaneOut): void {
    const index = this.#items.findIndex((item) => item.type === "lane" && item.lane === lane);
    if (index === -1) return;
    const [item] = this.#items.splice(index, 1);
    const isStarted = index === 0 && this.#mark === undefined;
    if (!isStarted) this.#bytes -= item?.bytes ?? 0;
    if (index > 0) return;
    this.#release();
  }

  /** Takes all that wait, at the end of the channel. */
  clear(): readonly Waiting[] {
    this.#bytes = 0;
    this.#mark = undefined;
    return this.#items.splice(0);
  }

  #release(): void {
    let count = 0;
    for (const item of this.#items) {
      if (item.type === "lane") break;
      this.#packer.value(FRAME.message, undefined, item.value, item.done);
      this.#bytes -= item.bytes;
      count += 1;
    }
    this.#items.splice(0, count);
    this.#mark = this.#items.length > 0 ? this.#packer.mark() : undefined;
  }
}
