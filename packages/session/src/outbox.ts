import { WIRE } from "@peerloom/protocol";
import { Deque } from "./deque.ts";

/** A frame on its way: encoded once, kept until it is acknowledged. */
export interface OutFrame {
  readonly text: string;
  readonly parts: readonly Uint8Array[];
  /** What it counts against budgets: text, binaries and a fixed share for bookkeeping. */
  readonly bytes: number;
  /** The event it completes, so that a loss can be reported. */
  readonly event?: string | undefined;
  /** Part of a stream: then only a small share of the window may be filled with its like. */
  readonly isBulk?: boolean;
  /** More of the same value follows: nothing of another stream may come between. */
  readonly isPart?: boolean;
  /** Called when the peer has it. */
  readonly arrived?: (() => void) | undefined;
}

/** The lane of events, requests and all control frames: served before every other, in the order they were pushed. */
const MESSAGE_LANE = 0;

interface Lane {
  readonly queue: Deque<OutFrame>;
  bytes: number;
  /** Bytes taken in this turn. */
  taken: number;
}

/** Bytes a stream may send before it is the next one's turn: a full packet, or many small values. */
const TURN_BYTES = WIRE.packetBytes;

/**
 * Frames that have no number yet. Lane 0 goes first; the others, one for each stream, take turns of a packet each, so that
 * small things do not wait behind big ones and streams share fairly. A value in parts is not interrupted by another stream's:
 * the receiver has to hold the parts of one at a time.
 */
export class Outbox {
  readonly #messages: Lane = { queue: new Deque<OutFrame>(), bytes: 0, taken: 0 };
  readonly #streams = new Map<number, Lane>();

  /** Bytes of messages waiting: all but streams. */
  get messageBytes(): number {
    return this.#messages.bytes;
  }

  /** Bytes waiting in all lanes. */
  get bytes(): number {
    return [...this.#streams.values()].reduce((sum, lane) => sum + lane.bytes, this.#messages.bytes);
  }

  get isEmpty(): boolean {
    return this.#messages.queue.length === 0 && this.#streams.size === 0;
  }

  /** Bytes waiting in one lane. */
  laneBytes(lane: number): number {
    return this.#streams.get(lane)?.bytes ?? 0;
  }

  push(frame: OutFrame, number: number = MESSAGE_LANE): void {
    const lane =
      number === MESSAGE_LANE ? this.#messages : (this.#streams.get(number) ?? { queue: new Deque<OutFrame>(), bytes: 0, taken: 0 });
    if (number !== MESSAGE_LANE) this.#streams.set(number, lane);
    lane.bytes += frame.bytes;
    lane.queue.push(frame);
  }

  /** The frame `shift` would take. */
  peek(): OutFrame | undefined {
    return this.#messages.queue.at(0) ?? this.#turn()?.[1].queue.at(0);
  }

  /** Takes the next frame; a lane whose turn is over goes behind the others. */
  shift(): OutFrame | undefined {
    if (this.#messages.queue.length > 0) return take(this.#messages);
    const turn = this.#turn();
    if (turn === undefined) return undefined;
    const [number, lane] = turn;
    const frame = take(lane);
    lane.taken += frame?.bytes ?? 0;
    if (lane.queue.length > 0 && (lane.taken < TURN_BYTES || frame?.isPart)) return frame;
    lane.taken = 0;
    this.#streams.delete(number);
    if (lane.queue.length > 0) this.#streams.set(number, lane);
    return frame;
  }

  /** Forgets what waits in a lane. */
  drop(lane: number): void {
    this.#streams.delete(lane);
  }

  /** Empties all lanes and returns what was in them. */
  clear(): OutFrame[] {
    const frames = [this.#messages, ...this.#streams.values()].flatMap(({ queue }) => [...queue]);
    this.#messages.queue.clear();
    this.#messages.bytes = 0;
    this.#streams.clear();
    return frames;
  }

  #turn(): readonly [number: number, lane: Lane] | undefined {
    for (const turn of this.#streams) return turn;
    return undefined;
  }
}

function take(lane: Lane): OutFrame | undefined {
  const frame = lane.queue.shift();
  lane.bytes -= frame?.bytes ?? 0;
  return frame;
}
