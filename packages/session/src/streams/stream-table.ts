import {
  abortError,
  checkTimeout,
  deadline,
  deferred,
  PeerloomError,
  toWireError,
  type Deferred,
  type OpenStreamOptions,
  type PeerStream,
  type StreamHandler,
  type WireError,
} from "@peerloom/core";
import {
  encodeAccept,
  encodeCredit,
  encodeData,
  encodeEnd,
  encodeOpen,
  encodeRefuse,
  encodeReset,
  frameBytes,
  type EncodedFrame,
  type StreamFrame,
} from "@peerloom/protocol";
import { LANE_BYTES, type SessionLimits } from "../limits.ts";
import { ChannelStream } from "./channel-stream.ts";
import { Channel } from "./channel.ts";
import { Copies } from "./copies.ts";

export interface StreamTableHost {
  /** Queues a frame that goes before all streams' data. */
  pushUrgent(frame: EncodedFrame): void;
  /** Queues a frame of stream `key` behind its own; `arrived` is called when the peer has it. */
  pushData(frame: EncodedFrame, key: number, arrived?: () => void): void;
  /** Bytes of a stream that wait. */
  waitingBytes(key: number): number;
  /** A stream is let go: forgets what waits in it, and parts that have come. */
  forget(key: number): void;
  /** What takes streams opened under this name. */
  streamHandlerOf(name: string): StreamHandler | undefined;
  /** A handler failed after it had taken a stream. */
  handlerFailed(name: string, thrown: unknown): void;
}

interface Entry {
  readonly channel: Channel;
  /** There until the other side has accepted or refused. */
  opening: Deferred<void> | undefined;
}

/**
 * The streams with one peer. Here a stream opened by this side has a positive key, one opened by the peer a negative one; on the
 * wire the sign is the sender's, so keys are negated in between.
 */
export class StreamTable {
  readonly #peer: string;
  readonly #host: StreamTableHost;
  readonly #limits: SessionLimits;
  readonly #entries = new Map<number, Entry>();
  readonly #copies = new Copies();
  /** Numbers of the last streams opened by this side and by the peer. */
  #lastKey = 0;
  #lastPeerKey = 0;

  constructor(peer: string, host: StreamTableHost, limits: SessionLimits) {
    this.#peer = peer;
    this.#host = host;
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Bytes that have come and were not yet taken by the application, in all streams that are open. */
  get unreadBytes(): number {
    return [...this.#entries.values()].reduce((sum, { channel }) => sum + channel.unreadBytes, 0);
  }

  /**
   * Opens a stream; resolves when the other side has taken it.
   *
   * @throws RangeError when `highWaterMark` or `timeoutMs` cannot be; TypeError when the metadata cannot be carried; PeerloomError
   *   `NO_HANDLER` when nobody listens there, `TIMEOUT`, `ABORTED`, `LIMIT` when there are too many, `TOO_LARGE` (metadata), the
   *   handler's own code when it refused, and what ends the session.
   */
  async open(
    name: string,
    { metadata, highWaterMark = this.#limits.streamWindowBytes, signal, timeoutMs = 30_000 }: OpenStreamOptions,
  ): Promise<PeerStream> {
    checkTimeout(timeoutMs);
    if (signal?.aborted) throw abortError(signal);
    this.#checkRoom();
    const window = Math.min(checkMark(highWaterMark), this.#limits.streamWindowBytes);
    const { frame } = this.#copies.take(this.#checkSize(encodeOpen(this.#lastKey + 1, name, window, metadata), "the metadata of a stream"));
    const key = (this.#lastKey += 1);
    const entry = this.#add(key, name, window);
    const { channel } = entry;
    entry.opening = deferred<void>();
    const opened = entry.opening.promise;
    this.#host.pushUrgent(frame);
    const what = `opening a stream to ${JSON.stringify(this.#peer)}`;
    const stop = deadline({ ...(signal && { signal }), timeoutMs }, what, (error) => channel.destroy(error));
    await opened.finally(stop);
    if (channel.error !== undefined && !channel.error.remote) throw channel.error;
    const stream = new ChannelStream({ peer: this.#peer, name, metadata }, channel);
    if (signal !== undefined) stream.destroyOn(signal);
    return stream;
  }

  /** A stream frame has come. Returns false when it breaks the protocol. */
  receive(frame: StreamFrame): boolean {
    const key = -frame.stream;
    if (frame.type === "open") return this.#onOpen(key, frame);
    const entry = this.#entries.get(key);
    if (entry !== undefined) return this.#onFrame(entry, frame);
    // What was on its way when this side let go of the stream.
    return key > 0 ? key <= this.#lastKey : -key <= this.#lastPeerKey;
  }

  /** Is the stream that the peer calls `stream` open? */
  has(stream: number): boolean {
    return this.#entries.has(-stream);
  }

  /** Some of what waited has left: tells the writers that have room again. */
  flushed(): void {
    for (const { channel } of this.#entries.values()) channel.onRoom();
  }

  /** The peer is lost: every stream dies of it. */
  failAll(error: PeerloomError): void {
    for (const { channel, opening } of [...this.#entries.values()]) {
      channel.onFailure(error);
      opening?.reject(error);
    }
    this.#entries.clear();
  }

  #onFrame(entry: Entry, frame: Exclude<StreamFrame, { type: "open" }>): boolean {
    const { channel } = entry;
    switch (frame.type) {
      case "accept":
        if (entry.opening === undefined) return false;
        channel.onCredit(frame.credit);
        entry.opening.resolve();
        entry.opening = undefined;
        return true;
      case "refuse":
        return entry.opening !== undefined && this.#onReset(entry, frame);
      case "reset":
        return this.#onReset(entry, frame);
      case "data":
        return channel.onData(frame.values);
      case "credit":
        channel.onCredit(frame.bytes);
        return true;
      case "end":
        return channel.onEnd();
    }
  }

  #onReset({ channel, opening }: Entry, { code, message }: WireError): boolean {
    const error = new PeerloomError(code, message, { remote: true });
    channel.onFailure(error);
    opening?.reject(error);
    return true;
  }

  #onOpen(key: number, { name, credit, metadata }: Extract<StreamFrame, { type: "open" }>): boolean {
    if (-key <= this.#lastPeerKey) return false;
    this.#lastPeerKey = -key;
    try {
      this.#checkRoom();
      this.#accept(key, name, credit, metadata);
    } catch (thrown) {
      this.#refuse(key, thrown);
    }
    return true;
  }

  #accept(key: number, name: string, credit: number, metadata: unknown): void {
    const handler = this.#host.streamHandlerOf(name);
    if (handler === undefined) throw new PeerloomError("NO_HANDLER", `nobody takes streams named ${JSON.stringify(name)} there`);
    const { channel } = this.#add(key, name, this.#limits.streamWindowBytes);
    const result = handler(new ChannelStream({ peer: this.#peer, name, metadata }, channel), { from: this.#peer });
    if (result instanceof Promise) result.catch((thrown: unknown) => this.#onHandlerFailure(channel, name, thrown));
    if (this.#entries.get(key)?.channel !== channel) return;
    this.#host.pushUrgent(encodeAccept(key, this.#limits.streamWindowBytes));
    channel.onCredit(credit);
  }

  #onHandlerFailure(channel: Channel, name: string, thrown: unknown): void {
    // Whoever reads to the end rejects with what ended the stream: that is no failure of the handler.
    if (thrown === channel.error) return;
    channel.destroy(thrown);
    this.#host.handlerFailed(name, thrown);
  }

  #refuse(key: number, thrown: unknown): void {
    const entry = this.#entries.get(key);
    this.#entries.delete(key);
    this.#host.forget(key);
    this.#host.pushUrgent(encodeRefuse(key, toWireError(thrown)));
    entry?.channel.onFailure(new PeerloomError("CLOSED", "the stream was refused", { cause: thrown }));
  }

  #checkRoom(): void {
    if (this.#entries.size >= this.#limits.maxStreams)
      throw new PeerloomError("LIMIT", `${this.#limits.maxStreams} streams with this peer are already open`);
  }

  /** @throws PeerloomError `TOO_LARGE` */
  #checkSize(frame: EncodedFrame, what: string): EncodedFrame {
    const bytes = frameBytes(frame);
    if (bytes <= this.#limits.maxMessageBytes) return frame;
    throw new PeerloomError("TOO_LARGE", `${what} has ${bytes} bytes, over the limit of ${this.#limits.maxMessageBytes}`);
  }

  #add(key: number, name: string, windowBytes: number): Entry {
    const channel = new Channel(
      {
        data: (values) => {
          const { frame, release } = this.#copies.take(this.#checkSize(encodeData(key, values), "a value of a stream"));
          this.#host.pushData(frame, key, release);
        },
        hasRoom: () => this.#host.waitingBytes(key) < LANE_BYTES,
        credit: (bytes) => this.#host.pushUrgent(encodeCredit(key, bytes)),
        end: (arrived) => this.#host.pushData(encodeEnd(key), key, arrived),
        reset: (error) => {
          this.#host.forget(key);
          this.#host.pushUrgent(encodeReset(key, error));
        },
        finished: () => {
          const entry = this.#entries.get(key);
          this.#entries.delete(key);
          if (channel.error !== undefined) this.#host.forget(key);
          if (this.#entries.size === 0) this.#copies.clear();
          entry?.opening?.reject(channel.error ?? new PeerloomError("CLOSED", "the stream has ended"));
        },
        threw: (thrown) => this.#host.handlerFailed(name, thrown),
      },
      windowBytes,
    );
    const entry: Entry = { channel, opening: undefined };
    this.#entries.set(key, entry);
    return entry;
  }
}

/** @throws RangeError */
function checkMark(highWaterMark: number): number {
  if (highWaterMark === Infinity || (Number.isInteger(highWaterMark) && highWaterMark > 0)) return highWaterMark;
  throw new RangeError(`highWaterMark must be a whole number of bytes from 1 on, not ${String(highWaterMark)}`);
}
