import { PeerloomError, toWireError, type WireError } from "@peerloom/core";
import { costOf, ReceiveCredit } from "./credit.ts";

/** What a channel needs from the conversation it belongs to. */
export interface ChannelHost {
  /** Queues values behind all that this channel has queued before. */
  data(values: readonly unknown[]): void;
  /** False while enough of this channel waits already; `onRoom` follows. */
  hasRoom(): boolean;
  credit(bytes: number): void;
  end(): void;
  /** Drops what this channel has queued and tells the other side that it is dead. */
  reset(error: WireError): void;
  /** Both directions are done, or the channel is dead. */
  finished(): void;
}

/** What a channel tells the stream that is built on it. Nothing is told before `attach`. */
export interface ChannelSink {
  /** Values, in order; call `consumed` with their cost as the application takes them. */
  data(values: readonly unknown[]): void;
  /** The other side will send no more. */
  end(): void;
  /** There is credit again after `write` returned false. */
  writable(): void;
  /** The channel died: by the other side's reset, or because the peer is lost. */
  failed(error: PeerloomError): void;
}

type Half = "open" | "ended";

/**
 * One stream's two directions without I/O: credit by consumption, half-close, and death by an error that crosses. Sending is
 * allowed while there is any credit, so that one value may overdraw it.
 */
export class Channel {
  readonly #host: ChannelHost;
  readonly #received: ReceiveCredit;
  #sink: ChannelSink | undefined;
  readonly #finishers: (() => void)[] = [];
  #early: (() => void)[] = [];
  #credit = 0;
  #isWaiting = false;
  #sending: Half = "open";
  #receiving: Half = "open";
  #error: PeerloomError | undefined;

  constructor(host: ChannelHost, windowBytes: number) {
    this.#host = host;
    this.#received = new ReceiveCredit(windowBytes);
  }

  /** Why the channel is dead; undefined while it lives or after both sides ended it. */
  get error(): PeerloomError | undefined {
    return this.#error;
  }

  get isFinished(): boolean {
    return this.#error !== undefined || (this.#sending === "ended" && this.#receiving === "ended");
  }

  /** Runs `listener` once both directions are done or the channel is dead. */
  onFinished(listener: () => void): void {
    if (this.isFinished) listener();
    else this.#finishers.push(listener);
  }

  /** Gives the channel its stream, which is then told what has come so far. */
  attach(sink: ChannelSink): void {
    this.#sink = sink;
    for (const tell of this.#early.splice(0)) tell();
  }

  /** True when `write` is allowed now; otherwise `writable` follows. */
  get canWrite(): boolean {
    this.#isWaiting = this.#credit <= 0 || !this.#host.hasRoom();
    return !this.#isWaiting;
  }

  /** Sends values. @throws PeerloomError when the channel is dead or ended on this side; TypeError when a value cannot be carried. */
  write(values: readonly unknown[]): void {
    if (this.#error !== undefined) throw this.#error;
    if (this.#sending === "ended") throw new PeerloomError("CLOSED", "this side of the stream has ended");
    this.#host.data(values);
    for (const value of values) this.#credit -= costOf(value);
  }

  /** Sends no more; the other direction goes on. */
  end(): void {
    if (this.#error !== undefined || this.#sending === "ended") return;
    this.#sending = "ended";
    this.#host.end();
    this.#finishIfDone();
  }

  /** The application has taken values of this cost. */
  consumed(cost: number): void {
    if (this.isFinished || this.#receiving === "ended") return;
    const grant = this.#received.consume(cost);
    if (grant > 0) this.#host.credit(grant);
  }

  /** Ends both directions at once; the other side is told the error's code and message. */
  destroy(thrown: unknown): void {
    if (this.isFinished) return;
    const wire = toWireError(thrown, "ABORTED");
    this.#error = PeerloomError.is(thrown) ? thrown : new PeerloomError(wire.code, wire.message, { cause: thrown });
    this.#early = [];
    this.#host.reset(wire);
    this.#finish();
  }

  /** The other side grants credit. */
  onCredit(bytes: number): void {
    this.#credit += bytes;
    this.onRoom();
  }

  /** Less of this channel waits than before. */
  onRoom(): void {
    if (!this.#isWaiting || this.isFinished || !this.canWrite) return;
    this.#tell((sink) => sink.writable());
  }

  /** Values have come. Returns false when the other side had no credit for them, or had ended. */
  onData(values: readonly unknown[]): boolean {
    if (this.#error !== undefined) return true;
    if (this.#receiving === "ended") return false;
    for (const value of values) if (!this.#received.take(costOf(value))) return false;
    this.#tell((sink) => sink.data(values));
    return true;
  }

  /** The other side sends no more. */
  onEnd(): void {
    if (this.#error !== undefined || this.#receiving === "ended") return;
    this.#receiving = "ended";
    this.#tell((sink) => sink.end());
    this.#finishIfDone();
  }

  /** The channel is dead: reset by the other side, or the peer is lost. */
  onFailure(error: PeerloomError): void {
    if (this.isFinished) return;
    this.#error = error;
    this.#tell((sink) => sink.failed(error));
    this.#finish();
  }

  #finishIfDone(): void {
    if (this.isFinished) this.#finish();
  }

  #finish(): void {
    this.#host.finished();
    for (const listener of this.#finishers.splice(0)) listener();
  }

  #tell(tell: (sink: ChannelSink) => void): void {
    const sink = this.#sink;
    if (sink !== undefined) tell(sink);
    else this.#early.push(() => this.#sink && tell(this.#sink));
  }
}
