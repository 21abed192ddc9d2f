import { createDefer, deadline, deferred, Emitter, PeerloomError, type WaitOptions } from "@peerloom/core";
import { readerOf, type FileContent } from "./content-source.ts";
import type { DataChannelLike, DataChannelMarks } from "./data-channel.ts";
import type { ChannelEvents, ChannelState } from "./events.ts";
import { describeContent, fileInfoText } from "./file-info.ts";
import { readFrames, type FrameHandlers, type OpenFrame } from "./frames.ts";
import { frameHandlers, takeWhole } from "./inbound.ts";
import type { IncomingFile } from "./incoming-file.ts";
import { randomInstance } from "./instance.ts";
import type { LaneOut, LaneOutHooks } from "./lane-out.ts";
import { LanesIn } from "./lanes-in.ts";
import { withDefaults, type ChannelLimits } from "./limits.ts";
import type { ChannelOptions, SendFileOptions, SendOptions } from "./options.ts";
import { packetBytesOf } from "./packet-bytes.ts";
import { PendingRequests } from "./pending-requests.ts";
import { PendingSends, type Watch } from "./pending-sends.ts";
import { Pipe } from "./pipe.ts";
import { Sends } from "./sends.ts";
import { ServedRequests, type RequestHandler } from "./served-requests.ts";
import type { SoleText } from "./text-packet.ts";
import { Transfers, type ChannelPair } from "./transfers.ts";
import { encodeValue, parsedJson } from "./values.ts";
import { FRAME, LANE, VALUE, WIRE_LIMITS } from "./wire.ts";

/**
 * A channel between two peers: messages, requests, files and a stream, over one `RTCDataChannel` after the other.
 *
 * On a reliable channel all of it arrives exactly once, messages in the order they were sent (unless `ordered` is false), even when the
 * data channel is replaced in between; or it ends in an error. An unreliable channel (`maxRetransmits`, `maxPacketLifeTime`) carries
 * messages and requests that fit one packet, and may lose them.
 */
export class Channel extends Emitter<ChannelEvents> implements AsyncDisposable {
  readonly label: string;
  readonly metadata: unknown;
  readonly ordered: boolean;
  readonly isReliable: boolean;
  readonly maxRetransmits: number | undefined;
  readonly maxPacketLifeTime: number | undefined;
  readonly protocol: string;
  readonly #options: ChannelOptions;
  readonly #limits: Required<ChannelLimits>;
  readonly #pipe: Pipe;
  readonly #sends: Sends;
  readonly #lanesIn: LanesIn;
  readonly #requests: PendingRequests;
  readonly #served: ServedRequests;
  readonly #transfers: Transfers;
  readonly #pending: PendingSends = new PendingSends((error) => this.emit("error", { error }));
  readonly #frames: FrameHandlers;
  #state: ChannelState = "new";
  #error: PeerloomError | undefined;
  #needsDrain = false;
  /** Stops the wait for the next data channel. */
  #stopWaiting: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  /** @throws RangeError when a limit is no positive number, TypeError when it is to be unreliable in two ways. */
  constructor(options: ChannelOptions) {
    super();
    const { label = "", metadata, ordered = true, maxRetransmits, maxPacketLifeTime, protocol = "", marks, limits = {} } = options;
    if (maxRetransmits !== undefined && maxPacketLifeTime !== undefined)
      throw new TypeError("a channel has maxRetransmits or maxPacketLifeTime, not both");
    this.label = label;
    this.metadata = metadata;
    this.ordered = ordered;
    this.maxRetransmits = maxRetransmits;
    this.maxPacketLifeTime = maxPacketLifeTime;
    this.protocol = protocol;
    this.isReliable = maxRetransmits === undefined && maxPacketLifeTime === undefined;
    this.#options = options;
    this.#limits = withDefaults(limits);
    this.#pipe = new Pipe(
      {
        isReliable: this.isReliable,
        isOrdered: ordered,
        packetBytes: packetBytesOf(marks, WIRE_LIMITS.firstPacketBytes),
        maxUnackedBytes: this.#limits.maxUnackedBytes,
        maxHeldBytes: this.#limits.maxAssemblyBytes,
        instance: options.instance ?? randomInstance(),
        defer: options.defer ?? createDefer(),
      },
      {
        frames: (reader) => readFrames(reader, this.#frames),
        text: (sole) => this.#textCame(sole),
        advance: () => this.#sends.line.advance(),
        isLineWaiting: () => !this.#sends.line.isEmpty,
        moved: () => this.#drained(),
        attached: () => this.#setState("open"),
        detached: () => this.#detached(),
        ended: (error) => this.#end(error),
        violated: (what) => this.#violated(what),
      },
    );
    this.#sends = new Sends(this.#pipe.outbox, this.#limits, this.isReliable);
    this.#requests = new PendingRequests(this.#limits.maxPendingRequests);
    this.#served = new ServedRequests(this.#limits.maxServedRequests, {
      value: (id, value) => void this.#sends.value(FRAME.response, id, encodeValue(value), false),
      failure: (id, error) => this.#answer(() => this.#sends.control(FRAME.failure, [id], JSON.stringify(error))),
    });
    this.#transfers = new Transfers({
      sends: this.#sends,
      maxFileBytes: this.#limits.maxFileBytes,
      cancel: (lane, error) => this.#lanesIn.cancel(lane, error),
      file: (file) => this.#fileCame(file),
    });
    const parts = {
      deliver: (data: unknown) => this.#deliver(data),
      requests: this.#requests,
      served: this.#served,
      sends: this.#sends,
    };
    this.#lanesIn = new LanesIn(this.#limits, {
      whole: (frame, content) => takeWhole(frame, content, parts),
      dropped: (frame, error) => this.#dropped(frame, error),
      flow: (frame, begin) => this.#transfers.open(frame, begin),
      stop: (lane, error) => this.#answer(() => this.#sends.stop(lane, error)),
    });
    this.#frames = frameHandlers({ ...parts, lanesIn: this.#lanesIn });
  }

  get state(): ChannelState {
    return this.#state;
  }

  /** Bytes that wait to be sent. */
  get queuedBytes(): number {
    return this.#sends.bytes;
  }

  /** Bytes that were sent and are not yet acknowledged. */
  get unackedBytes(): number {
    return this.#pipe.outbox.log.bytes;
  }

  /**
   * Sends a message and forgets it: a string, bytes, or JSON with bytes at any depth.
   *
   * @returns false when more than the high-water mark waits: `await drained()` before more.
   * @throws TypeError when it cannot be carried.
   * @throws PeerloomError `OVERFLOW` when the queue's limit is reached, `TOO_LARGE`, or what the channel was closed with.
   */
  post(data: unknown): boolean {
    this.#check();
    const value = encodeValue(data);
    if (this.#sends.alone(value)) return true;
    this.#sends.value(FRAME.message, undefined, value, this.ordered);
    if (this.#sends.bytes < this.#limits.queueHighWaterBytes) return true;
    this.#needsDrain = true;
    return false;
  }

  /**
   * Sends a message, a Blob or a File too; resolves when the other side has it (on an unreliable channel: when it has gone out). What
   * is sent must not change before that. Rejects with `ABORTED`, with `TOO_LARGE` or `OVERFLOW` (also those of the receiver's limits),
   * or with what the channel is closed with.
   */
  async send(data: unknown, { signal, onProgress, ordered = this.ordered }: SendOptions = {}): Promise<void> {
    this.#check();
    const isInLine = ordered && this.ordered;
    if (typeof Blob === "function" && data instanceof Blob) return this.#sendBlob(data, isInLine, { signal, onProgress });
    const value = encodeValue(data);
    const { length } = value.content;
    await this.#pending.run({ signal, onProgress, totalBytes: length }, this.#abortLane, (hooks) =>
      this.#sends.value(FRAME.message, undefined, value, isInLine, hooks),
    );
  }

  /**
   * Sends a file at the pace at which the other side reads it; resolves when the other side has all of it. Rejects with `ABORTED`
   * (also when the other side cancels it), `NO_HANDLER` when the other side takes no files, or as `send` does.
   */
  async sendFile(content: FileContent, options: SendFileOptions = {}): Promise<void> {
    this.#check();
    if (!this.isReliable) throw new PeerloomError("TOO_LARGE", "an unreliable channel carries no files");
    const { name, type, size, lastModified } = describeContent(content, options);
    const text = fileInfoText({ name, type, lastModified, metadata: options.metadata });
    if (text.length > WIRE_LIMITS.maxMetadataBytes) throw new PeerloomError("TOO_LARGE", "what is said about the file is too long");
    const head = { numbers: [LANE.file, 0, size === undefined ? 0 : size + 1], text };
    await this.#pending.run({ ...options, totalBytes: size }, this.#abortLane, (hooks) =>
      this.#sends.content(head, WIRE_LIMITS.windowBytes, readerOf(content), size, false, hooks),
    );
  }

  /**
   * Asks the other side's request handler; resolves to its answer. It may overtake messages.
   *
   * @throws PeerloomError `TIMEOUT`, `ABORTED`, `NO_HANDLER`, the handler's own code, or as `send` rejects.
   */
  async request(data: unknown, { signal, timeoutMs = this.#options.requestTimeoutMs ?? 30_000 }: WaitOptions = {}): Promise<unknown> {
    this.#check();
    const value = encodeValue(data);
    let lane: LaneOut | undefined;
    return this.#requests.add(
      { timeoutMs, ...(signal && { signal }) },
      (id) => {
        const hooks: LaneOutHooks = { done: () => {}, failed: (error) => void this.#requests.settle(id, { error }) };
        lane = this.#sends.value(FRAME.request, id, value, false, hooks);
      },
      (id) => {
        if (lane !== undefined && !lane.isEnded) this.#sends.abort(lane, new PeerloomError("ABORTED", "nobody waits any more"));
        else if (this.#state !== "closed") this.#answer(() => this.#sends.control(FRAME.cancel, [id]));
      },
    );
  }

  /** Answers the other side's requests from now on; undefined takes that back. */
  handle(handler: RequestHandler | undefined): void {
    this.#served.handler = handler;
  }

  /** This side's stream to the other one and the other side's to this one: bytes, with back-pressure. The same pair each time. */
  pair(): ChannelPair {
    this.#check();
    if (!this.isReliable) throw new PeerloomError("TOO_LARGE", "an unreliable channel carries no stream");
    return this.#transfers.pair();
  }

  /** Resolves when less than the high-water mark waits to be sent. Rejects when the channel ends, or with `TIMEOUT` or `ABORTED`. */
  async drained(wait: WaitOptions = {}): Promise<void> {
    this.#check();
    if (this.#sends.bytes < this.#limits.queueHighWaterBytes) return;
    this.#needsDrain = true;
    const done = deferred<void>();
    const offs = [
      this.on("drain", () => done.resolve()),
      this.on("close", ({ error }) => done.reject(error ?? closedError())),
      deadline(wait, "draining", done.reject),
    ];
    try {
      await done.promise;
    } finally {
      for (const off of offs) off();
    }
  }

  /** Goes on over this data channel, in place of the one before. What was not acknowledged is sent again; the other side drops what it has. */
  attach(channel: DataChannelLike, marks: DataChannelMarks = this.#options.marks): void {
    if (this.#state === "closed") return channel.close();
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
    this.#pipe.attach(channel, marks);
  }

  /** Lets the data channel go: what is sent waits for the next one. */
  detach(): void {
    this.#pipe.detach();
  }

  /**
   * Closes it. With an error at once: whatever is pending rejects with that. Without one, what was sent before goes out first,
   * for at most 5 s. Idempotent; never rejects.
   */
  close(error?: PeerloomError): Promise<void> {
    if (error !== undefined) this.#end(error);
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  readonly #abortLane = (lane: LaneOut, error: PeerloomError): void => this.#sends.abort(lane, error);

  #textCame({ type, text }: SoleText): string | undefined {
    const value = type === VALUE.text ? { is: text } : parsedJson(text);
    if (value === undefined) return "a value that is malformed";
    this.#deliver(value.is);
    return undefined;
  }

  #deliver(data: unknown): void {
    if (this.#state !== "closed") this.emit("message", { data });
  }

  /** Something in a lane will not come. */
  #dropped({ kind, id }: OpenFrame, error: PeerloomError): void {
    if ((kind & 0xf0) === FRAME.response) this.#requests.settle(id, { error });
  }

  #fileCame(file: IncomingFile): boolean {
    if (this.listenerCount("file") === 0) return false;
    this.emit("file", { file });
    return true;
  }

  async #sendBlob(blob: Blob, isInLine: boolean, { signal, onProgress }: Pick<Watch, "signal" | "onProgress">): Promise<void> {
    if (blob.size > this.#limits.maxMessageBytes)
      throw new PeerloomError("TOO_LARGE", `${blob.size} bytes are more than a message may have: send it as a file`);
    if (!this.isReliable) throw new PeerloomError("TOO_LARGE", "an unreliable channel carries no blobs");
    const head = { numbers: [FRAME.message | VALUE.blob, 0, blob.size + 1], text: fileInfoText(describeContent(blob, {})) };
    await this.#pending.run({ signal, onProgress, totalBytes: blob.size }, this.#abortLane, (hooks) =>
      this.#sends.content(head, Number.POSITIVE_INFINITY, readerOf(blob), blob.size, isInLine, hooks),
    );
  }

  /** Sends what the other side made necessary. One that asks on and on and takes no answers is not listened to for ever. */
  #answer(send: () => void): void {
    if (this.#sends.bytes > 2 * this.#limits.maxQueueBytes) this.#end(new PeerloomError("OVERFLOW", "the other side takes no answers"));
    else send();
  }

  #check(): void {
    if (this.#state === "closed" || this.#closing !== undefined) throw this.#error ?? closedError();
  }

  #drained(): void {
    if (!this.#needsDrain || this.#sends.bytes >= this.#limits.queueHighWaterBytes) return;
    this.#needsDrain = false;
    this.emit("drain", {});
  }

  #setState(state: ChannelState): void {
    if (this.#state === state || this.#state === "closed") return;
    this.#state = state;
    this.emit("state", { state });
  }

  #detached(): void {
    this.#setState("detached");
    const timeoutMs = this.#options.detachedTimeoutMs ?? 30_000;
    if (this.#state === "closed") return;
    const lost = (): void => this.#end(new PeerloomError("PEER_LOST", `no data channel for ${timeoutMs} ms`));
    this.#stopWaiting ??= deadline({ timeoutMs }, "the next data channel", lost);
  }

  #violated(what: string): void {
    const error = new PeerloomError("PROTOCOL_ERROR", `the other side of channel "${this.label}" sends ${what}`);
    this.emit("error", { error });
    this.#end(error);
  }

  #end(error: PeerloomError): void {
    if (this.#state === "closed") return;
    this.#error = error;
    this.#stopWaiting?.();
    this.#setState("closed");
    this.#pipe.close(error);
    this.#sends.fail(error);
    this.#pending.fail(error);
    this.#requests.fail(error);
    this.#served.fail(error);
    this.#lanesIn.fail(error);
    this.#transfers.fail(error);
    this.#closing ??= Promise.resolve();
    this.emit("close", { error: error.code === "CLOSED" ? undefined : error });
    this.removeAllListeners();
  }

  async #shutDown(): Promise<void> {
    if (this.#state === "open") await this.#pipe.idle(CLOSE_MS);
    this.#end(closedError());
  }
}

/** Milliseconds that a closing channel waits for what was sent before. */
const CLOSE_MS = 5_000;

function closedError(): PeerloomError {
  return new PeerloomError("CLOSED", "the channel is closed");
}
