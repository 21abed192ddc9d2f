import { PeerloomError, toWireError, type WireError } from "@peerloom/core";
import { costOf, ReceiveCredit, SendCredit } from "./credit.ts";

/** What a channel needs from the conversation it belongs to. */
export interface ChannelHost {
  /** Queues values behind all that this channel has queued before. @throws TypeError, or PeerloomError `TOO_LARGE`, when it cannot. */
  data(values: readonly unknown[]): void;
  /** False while enough of this channel waits already; `onRoom` follows. */
  hasRoom(): boolean;
  credit(bytes: number): void;
  /** Queues the end; `arrived` is called when the other side has it, and so all before it. */
  end(arrived: () => void): void;
  /** Drops what this channel has queued and tells the other side that it is dead. */
  reset(error: WireError): void;
  /** Both directions are done, or the channel is dead. */
  finished(): void;
  /** The application's part of the stream threw; the channel is dead by that. */
  threw(thrown: unknown): void;
}

/** What a channel tells the stream that is built on it. */
export interface ChannelSink {
  /** Values, in order; call `consumed` with their cost as the application takes them. */
  data(values: readonly unknown[]): void;
  /** The other side has sent all it wanted to send. */
  end(): void;
  /** All that was sent from here, and its end, has come to the other side. */
  arrived(): void;
  /** `mayWrite` is true again after it was false. */
  writable(): void;
  /** The channel died: destroyed here, reset by the other side, or the peer is lost. */
  failed(error: PeerloomError): void;
}

/**
 * One stream's two directions without I/O: credit by consumption, half-close, and death by an error that crosses. Sending is
 * allowed while there is any credit, so that one value may overdraw it.
 */
export class Channel {
  readonly #host: ChannelHost;
  readonly #received: ReceiveCredit;
  readonly #sent = new SendCredit();
  readonly #finishers: (() => void)[] = [];
  #sink: ChannelSink | undefined;
  #early: unknown[] = [];
  #isWaiting = false;
  #sending: "open" | "ending" | "ended" = "open";
  #hasReceivedEnd = false;
  #error: PeerloomError | undefined;

  constructor(host: ChannelHost, windowBytes: number) {
    this.#host = host;
    this.#received = new ReceiveCredit(windowBytes);
  }

  /** Why the channel is dead; undefined while it lives or after both sides ended it. */
  get error(): PeerloomError | undefined {
    return this.#error;
  }

  /** Both directions are done, with all that was sent arrived; or the channel is dead. */
  get isFinished(): boolean {
    return this.#error !== undefined || (this.#sending === "ended" && this.#hasReceivedEnd);
  }

  /** Bytes that have come and were not yet taken by the application. */
  get unreadBytes(): number {
    return this.#error === undefined ? this.#received.unread : 0;
  }

  /** Runs `listener` once both directions are done or the channel is dead. */
  onFinished(listener: () => void): void {
    if (this.isFinished) listener();
    else this.#finishers.push(listener);
  }

  /** Gives the channel its stream, which is told at once what has come so far. */
  attach(sink: ChannelSink): void {
    const early = this.#early;
    this.#early = [];
    this.#sink = sink;
    if (this.#error !== undefined) return sink.failed(this.#error);
    if (early.length > 0) sink.data(early);
    if (this.#hasReceivedEnd) sink.end();
  }

  /** May `write` be called now? When there is no credit or no room, the sink hears `writable` as soon as there is. */
  mayWrite(): boolean {
    if (this.#error !== undefined) return true;
    this.#isWaiting = !this.#sent.isPositive || !this.#host.hasRoom();
    return !this.#isWaiting;
  }

  /**
   * Sends values. Binaries are copied: the caller may use them again.
   *
   * @throws PeerloomError the channel's error when it is dead, `CLOSED` when this side has ended, `TOO_LARGE`; TypeError when a value
   *   cannot be carried.
   */
  write(values: readonly unknown[]): void {
    if (this.#error !== undefined) throw this.#error;
    if (this.#sending !== "open") throw new PeerloomError("CLOSED", "this side of the stream has ended");
    this.#host.data(values);
    for (const value of values) this.#sent.spend(costOf(value));
  }

  /** Sends no more; the other direction goes on. The sink hears `arrived`, or of the channel's death. */
  end(): void {
    if (this.#error !== undefined || this.#sending !== "open") return;
    this.#sending = "ending";
    this.#host.end(() => this.#onEndArrived());
  }

  /** The application has taken values of this cost. */
  consumed(cost: number): void {
    if (this.#error !== undefined) return;
    const grant = this.#received.consume(cost);
    if (grant > 0 && !this.#hasReceivedEnd) this.#host.credit(grant);
  }

  /** Ends both directions at once; the other side is told the error's code and message unless it is done with the stream. */
  destroy(thrown: unknown = new PeerloomError("ABORTED", "the stream was destroyed")): void {
    if (this.#error !== undefined) return;
    const wire = toWireError(thrown, "ABORTED");
    const error = PeerloomError.is(thrown) ? thrown : new PeerloomError(wire.code, wire.message, { cause: thrown });
    this.#die(error, this.isFinished ? undefined : () => this.#host.reset(wire));
  }

  /** The other side grants credit. */
  onCredit(bytes: number): void {
    this.#sent.grant(bytes);
    this.onRoom();
  }

  /** Less of this channel waits than before. */
  onRoom(): void {
    if (!this.#isWaiting || this.isFinished || !this.mayWrite()) return;
    this.#tell((sink) => sink.writable());
  }

  /** Values have come. Returns false when the other side had no credit for them, or had ended. */
  onData(values: readonly unknown[]): boolean {
    if (this.#error !== undefined) return true;
    if (this.#hasReceivedEnd) return false;
    for (const value of values) if (!this.#received.take(costOf(value))) return false;
    if (this.#sink === undefined) this.#early.push(...values);
    else this.#tell((sink) => sink.data(values));
    return true;
  }

  /** The other side sends no more. Returns false when it has said so before. */
  onEnd(): boolean {
    if (this.#error !== undefined) return true;
    if (this.#hasReceivedEnd) return false;
    this.#hasReceivedEnd = true;
    if (this.#sending === "ended") this.#finish();
    this.#tell((sink) => sink.end());
    return true;
  }

  /** The channel is dead: reset by the other side, or the peer is lost. */
  onFailure(error: PeerloomError): void {
    if (!this.isFinished) this.#die(error);
  }

  #onEndArrived(): void {
    if (this.#error !== undefined) return;
    this.#sending = "ended";
    if (this.#hasReceivedEnd) this.#finish();
    this.#tell((sink) => sink.arrived());
  }

  #die(error: PeerloomError, tellPeer?: () => void): void {
    const wasFinished = this.isFinished;
    this.#error = error;
    this.#early = [];
    tellPeer?.();
    if (!wasFinished) this.#finish();
    this.#tell((sink) => sink.failed(error));
  }

  #finish(): void {
    this.#host.finished();
    for (const listener of this.#finishers.splice(0)) listener();
  }

  /** What the sink calls may be the application's, and throw: the stream dies of that, the session does not. */
  #tell(tell: (sink: ChannelSink) => void): void {
    if (this.#sink === undefined) return;
    try {
      tell(this.#sink);
    } catch (thrown) {
      this.destroy(thrown);
      this.#host.threw(thrown);
    }
  }
}
