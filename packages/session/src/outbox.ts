import { Deque } from "./deque.ts";

/** A frame on its way: encoded once, kept until it is acknowledged. */
export interface OutFrame {
  readonly text: string;
  readonly parts: readonly Uint8Array[];
  /** What it counts against budgets: text, binaries and a fixed share for bookkeeping. */
  readonly bytes: number;
  /** The event it completes, so that a loss can be reported. */
  readonly event?: string;
}

/** The lane of events, requests and all control frames: served before every other, in the order they were pushed. */
const MESSAGE_LANE = 0;

/**
 * Frames that have no number yet. Lane 0 goes first; the others, one for each stream, are served a frame each in turn, so that
 * small things do not wait behind big ones and streams share fairly.
 */
export class Outbox {
  readonly #messages = new Deque<OutFrame>();
  readonly #lanes = new Map<number, Deque<OutFrame>>();
  #bytes = 0;

  /** Bytes waiting in all lanes. */
  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#messages.length === 0 && this.#lanes.size === 0;
  }

  push(frame: OutFrame, lane: number = MESSAGE_LANE): void {
    this.#bytes += frame.bytes;
    if (lane === MESSAGE_LANE) return this.#messages.push(frame);
    const queue = this.#lanes.get(lane) ?? new Deque<OutFrame>();
    this.#lanes.set(lane, queue);
    queue.push(frame);
  }

  /** The frame `shift` would take. */
  peek(): OutFrame | undefined {
    return this.#messages.at(0) ?? this.#turn()?.queue.at(0);
  }

  /** Takes the next frame; the lane it came from goes to the end of the turn. */
  shift(): OutFrame | undefined {
    const frame = this.#messages.shift() ?? this.#shiftLane();
    this.#bytes -= frame?.bytes ?? 0;
    return frame;
  }

  /** Empties all lanes and returns what was in them. */
  clear(): OutFrame[] {
    const frames = [...this.#messages, ...[...this.#lanes.values()].flatMap((queue) => [...queue])];
    this.#messages.clear();
    this.#lanes.clear();
    this.#bytes = 0;
    return frames;
  }

  #turn(): { readonly lane: number; readonly queue: Deque<OutFrame> } | undefined {
    for (const [lane, queue] of this.#lanes) return { lane, queue };
    return undefined;
  }

  #shiftLane(): OutFrame | undefined {
    const turn = this.#turn();
    if (turn === undefined) return undefined;
    const frame = turn.queue.shift();
    this.#lanes.delete(turn.lane);
    if (turn.queue.length > 0) this.#lanes.set(turn.lane, turn.queue);
    return frame;
  }
}
