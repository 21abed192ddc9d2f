import { PeerloomError, toWireError } from "@peerloom/core";
import { filling } from "./content-lane.ts";
import type { ContentReader } from "./content-source.ts";
import { LaneOut, type LaneOutHooks } from "./lane-out.ts";
import type { ChannelLimits } from "./limits.ts";
import { MessageLine } from "./message-line.ts";
import type { Outbox } from "./outbox.ts";
import { MAX_SOLE_LENGTH, type SoleText } from "./text-packet.ts";
import { contentBytes, type EncodedValue } from "./values.ts";
import { FLAG, FRAME, LANE, WIRE_LIMITS } from "./wire.ts";

const MAX_WAITING_LANES = 4096;

/** What goes out of a channel: small things at once, large ones in lanes, within the limits of the queue. */
export class Sends {
  readonly line: MessageLine;
  readonly #outbox: Outbox;
  readonly #limits: Required<ChannelLimits>;
  readonly #isReliable: boolean;
  #lastLane = 0;

  constructor(outbox: Outbox, limits: Required<ChannelLimits>, isReliable: boolean) {
    this.#outbox = outbox;
    this.#limits = limits;
    this.#isReliable = isReliable;
    this.line = new MessageLine(outbox.packer, (lane) => outbox.lanes.add(lane));
  }

  /** Bytes that wait. */
  get bytes(): number {
    return this.#outbox.bytes + this.line.bytes;
  }

  /**
   * Sends a message that is a short text at once, if it is alone.
   *
   * @returns false when it has to go the way of all others: by `value`.
   */
  alone({ type, content }: EncodedValue): boolean {
    return (
      typeof content === "string" &&
      content.length <= Math.min(MAX_SOLE_LENGTH, this.#limits.maxMessageBytes) &&
      this.line.isEmpty &&
      this.#outbox.sendAlone({ type: type as SoleText["type"], text: content })
    );
  }

  /**
   * Sends a value. With `isInLine` it keeps its place among messages. `hooks` are for those that go out in a lane; a small value
   * calls `hooks.done` only, and costs no more than its frame without hooks.
   *
   * @returns the lane, if it needs one.
   * @throws PeerloomError `TOO_LARGE`, `OVERFLOW`.
   */
  value(kind: number, id: number | undefined, value: EncodedValue, isInLine: boolean, hooks?: LaneOutHooks): LaneOut | undefined {
    const { length } = value.content;
    this.#check(length);
    const isQueued = isInLine && !this.line.isEmpty;
    if (!isQueued && this.#outbox.packer.value(kind, id, value, hooks?.done)) {
      this.#outbox.written();
      return undefined;
    }
    if (isQueued && length * 3 < 4096) {
      // What waits must not change any more.
      const kept = typeof value.content === "string" ? value : { type: value.type, content: value.content.slice() };
      this.line.push({ type: "small", value: kept as EncodedValue, bytes: length + 64, done: hooks?.done });
      return undefined;
    }
    if (!this.#isReliable) throw new PeerloomError("TOO_LARGE", `${length} bytes do not fit a packet of an unreliable channel`);
    const bytes = contentBytes(value);
    this.#check(bytes.length);
    const lane = this.lane(
      { numbers: [kind | value.type, id ?? 0, bytes.length + 1], text: "" },
      Number.POSITIVE_INFINITY,
      hooks ?? noHooks,
      isInLine,
    );
    lane.push(bytes);
    lane.finish();
    this.#enter(lane, bytes.length, isInLine);
    // Without hooks its caller does not learn when it may be changed.
    if (hooks === undefined && bytes === value.content) lane.own();
    return lane;
  }

  /** Sends a content that is read while it is sent. `failed` of the hooks is told when reading it fails. */
  content(
    head: LaneOut["head"],
    credit: number,
    reader: ContentReader,
    total: number | undefined,
    isInLine: boolean,
    hooks: LaneOutHooks,
  ): LaneOut {
    if (this.#outbox.lanes.count >= MAX_WAITING_LANES) throw new PeerloomError("OVERFLOW", "too many files wait to be sent");
    const filled = filling(reader, total, hooks, {
      written: () => this.#outbox.written(),
      failed: (failed, error) => this.abort(failed, error),
    });
    const lane: LaneOut = this.lane(
      head,
      credit,
      filled(() => lane),
      isInLine,
    );
    this.#enter(lane, 0, isInLine);
    return lane;
  }

  /** A lane that its caller fills; it is entered by `open`. */
  lane(head: LaneOut["head"], credit: number, hooks: LaneOutHooks, isInLine: boolean): LaneOut {
    const lane: LaneOut = new LaneOut(
      ++this.#lastLane,
      head,
      credit,
      isInLine
        ? {
            ...hooks,
            ended: () => {
              this.line.remove(lane);
              hooks.ended?.();
            },
          }
        : hooks,
    );
    return lane;
  }

  /** Puts a lane that nobody stands in line for among those that are sent. */
  open(lane: LaneOut): void {
    this.#enter(lane, 0, false);
  }

  /** Content was added to a lane. */
  written(): void {
    this.#outbox.written();
  }

  /** Gives a lane up; the other side is told. Its hooks are told, too. */
  abort(lane: LaneOut, error: PeerloomError): void {
    if (lane.isEnded) return;
    lane.isEnded = true;
    const isKnown = this.#outbox.lanes.remove(lane);
    this.line.remove(lane);
    const isStream = lane.head.numbers[0] === LANE.stream;
    // The other side waits for the stream of a channel even before it has begun.
    if (isStream && !isKnown) this.control(FRAME.open, [lane.id, ...lane.head.numbers], "", FLAG.lanes);
    if (isKnown || isStream) this.control(FRAME.abort, [lane.id], JSON.stringify(toWireError(error)), FLAG.lanes);
    lane.hooks.failed(error);
    this.#outbox.written();
  }

  /** The other side wants no more of a lane. @returns what is wrong with that. */
  stopped(id: number, error: PeerloomError): string | undefined {
    const lane = this.#outbox.lanes.get(id);
    if (lane === undefined) return this.#unknown(id);
    lane.isEnded = true;
    this.#outbox.lanes.remove(lane);
    this.line.remove(lane);
    lane.hooks.failed(error);
    return undefined;
  }

  /** The other side takes more of a lane. @returns what is wrong with that. */
  credited(id: number, bytes: number): string | undefined {
    const lane = this.#outbox.lanes.get(id);
    if (lane === undefined) return this.#unknown(id);
    if (bytes > WIRE_LIMITS.windowBytes) return "more credit than a window has";
    lane.give(bytes);
    this.#outbox.written();
    return undefined;
  }

  /** Tells the other side that no more of its lane is wanted: before anything that would acknowledge the lane. */
  stop(lane: number, error: PeerloomError): void {
    this.#outbox.urgent.control(FRAME.stop, [lane], JSON.stringify(toWireError(error)));
    this.#outbox.written();
  }

  /** Sends a frame that has no value. */
  control(kind: number, numbers: readonly number[], text?: string, flags?: number): void {
    this.#outbox.packer.control(kind, numbers, text, flags);
    this.#outbox.written();
  }

  fail(error: PeerloomError): void {
    for (const item of this.line.clear()) if (item.type === "lane") item.lane.hooks.failed(error);
    this.#outbox.lanes.fail(error);
  }

  #enter(lane: LaneOut, bytes: number, isInLine: boolean): void {
    if (isInLine) this.line.push({ type: "lane", lane, bytes });
    else this.#outbox.lanes.add(lane);
    this.#outbox.written();
  }

  #check(bytes: number): void {
    const { maxMessageBytes, maxQueueBytes } = this.#limits;
    if (bytes > maxMessageBytes) {
      throw new PeerloomError("TOO_LARGE", `${bytes} bytes are more than a message may have (${maxMessageBytes}): send a file or a stream`);
    }
    const { bytes: queued } = this;
    if (queued > 0 && queued + bytes > maxQueueBytes) {
      throw new PeerloomError("OVERFLOW", `${queued} bytes wait to be sent: heed post() returning false, await drained()`);
    }
  }

  #unknown(id: number): string | undefined {
    return id > this.#lastLane ? `lane ${id} was never opened here` : undefined;
  }
}

const noHooks: LaneOutHooks = { done: () => {}, failed: () => {} };
