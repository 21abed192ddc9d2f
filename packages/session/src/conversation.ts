import {
  PeerloomError,
  toWireError,
  type MessageContext,
  type MessageHandler,
  type WaitOptions,
  type OpenStreamOptions,
  type Outcome,
  type PeerStream,
  type Responder,
  type StreamHandler,
} from "@peerloom/core";
import {
  encodeCancel,
  encodeEvent,
  encodeFailure,
  encodeRequest,
  encodeResponse,
  fitsPacket,
  frameBytes,
  splitFrame,
  type EncodedFrame,
} from "@peerloom/protocol";
import type { WholeFrame } from "./assembler.ts";
import { Exchange } from "./exchange.ts";
import type { SessionLimits } from "./limits.ts";
import { BulkFrame, MessageFrame } from "./out-frames.ts";
import type { PathState } from "./paths.ts";
import { PendingRequests } from "./pending-requests.ts";
import { ServedRequests, type RequestContext } from "./served-requests.ts";
import { Session, type SessionHost } from "./session.ts";
import { StreamTable, type StreamTableHost } from "./streams/stream-table.ts";
import { Waiters } from "./waiters.ts";

/** What a conversation needs from its endpoint. */
export interface ConversationHost extends Pick<SessionHost, "send" | "schedule" | "broken" | "moved" | "silent"> {
  /** Both sides have spoken, or much has been said: told once. */
  met(): void;
  /** The handlers an event of this peer is due to. */
  handlersOf(event: string): Iterable<{ readonly handler: MessageHandler }>;
  /** The handler that answers a request of this peer. */
  responderOf(event: string): Responder | undefined;
  /** What takes the streams this peer opens under a name. */
  streamHandlerOf(name: string): StreamHandler | undefined;
  /** A handler of the application threw, or its promise rejected. */
  handlerFailed(event: string, thrown: unknown): void;
}

/** Handlers are typed by what the application expects; here their arguments are what came from the wire. */
type AnyHandler = (...args: unknown[]) => unknown;

/** Events and requests with one peer, on top of a session. */
export class Conversation {
  /** The peer's id. */
  readonly peer: string;
  readonly session: Session;
  readonly #host: ConversationHost;
  readonly #limits: SessionLimits;
  readonly #context: MessageContext;
  readonly #pending: PendingRequests;
  readonly #served: ServedRequests;
  readonly #streams: StreamTable;
  readonly #exchange: Exchange;
  readonly #drains = new Waiters();
  readonly #settles = new Waiters();

  constructor(peer: string, source: string, host: ConversationHost, limits: SessionLimits, relay: PathState) {
    this.peer = peer;
    this.#host = host;
    this.#limits = limits;
    this.#context = Object.freeze({ from: peer });
    this.#exchange = new Exchange(() => host.met());
    this.#pending = new PendingRequests(peer, limits.maxPendingRequests, (id) => this.#pushControl(encodeCancel(id)));
    this.#served = new ServedRequests(limits.maxServedRequests);
    const sessionHost: SessionHost = {
      send: host.send,
      schedule: host.schedule,
      broken: host.broken,
      moved: host.moved,
      passedMuch: () => this.#exchange.isLong(),
      silent: host.silent,
      deliver: (frame) => this.#deliver(frame),
      wantsParts: (stream) => this.#streams.has(stream),
      flushed: () => this.#streams.flushed(),
      drained: () => this.#drains.resolveAll(),
      settled: () => this.#settles.resolveAll(),
    };
    this.session = new Session(source, sessionHost, limits, relay);
    const streamHost: StreamTableHost = {
      pushUrgent: (frame) => {
        this.#pushControl(frame);
      },
      pushData: (frame, key, arrived) => this.#pushBulk(frame, key, arrived),
      waitingBytes: (key) => this.session.outbox.laneBytes(key),
      forget: (key) => {
        this.session.outbox.drop(key);
        this.session.dropParts(-key);
      },
      streamHandlerOf: (name) => host.streamHandlerOf(name),
      handlerFailed: (name, thrown) => host.handlerFailed(name, thrown),
    };
    this.#streams = new StreamTable(peer, streamHost, limits);
  }

  /** Requests waiting here and being handled here. */
  get openRequests(): number {
    return this.#pending.size + this.#served.size;
  }

  /** Streams open with this peer. */
  get openStreams(): number {
    return this.#streams.size;
  }

  /** Bytes in memory for this peer: waiting, unacknowledged, early, and unread in streams. */
  get bufferedBytes(): number {
    return this.session.bufferedBytes + this.#streams.unreadBytes;
  }

  emit(event: string, quotedEvent: string, args: readonly unknown[]): boolean {
    const hasRoom = this.#push(encodeEvent(quotedEvent, args), event);
    this.#exchange.speaks(event);
    return hasRoom;
  }

  /** Sends a request. What this throws, `outcome` is not told. */
  ask(event: string, quotedEvent: string, args: readonly unknown[], wait: WaitOptions, outcome: Outcome): void {
    const id = this.#pending.add(quotedEvent, wait, outcome);
    if (id === undefined) return;
    try {
      this.#push(encodeRequest(id, quotedEvent, args));
    } catch (thrown) {
      this.#pending.drop(id);
      throw thrown;
    }
    this.#exchange.speaks(event);
  }

  /** Opens a stream; see `StreamTable.open`. */
  openStream(name: string, options: OpenStreamOptions): Promise<PeerStream> {
    this.#exchange.speaks(name);
    return this.#streams.open(name, options);
  }

  /** Resolves when less than the low-water mark waits. */
  drained(wait: WaitOptions): Promise<void> {
    if (this.session.outbox.messageBytes < this.#limits.highWaterBytes) return Promise.resolve();
    return this.#drains.wait(`waiting for ${JSON.stringify(this.peer)} to take what was sent`, wait);
  }

  /** Resolves when all that was sent has been acknowledged. */
  settled(wait: WaitOptions): Promise<void> {
    if (this.session.isIdle) return Promise.resolve();
    return this.#settles.wait(`waiting for ${JSON.stringify(this.peer)} to acknowledge what was sent`, wait);
  }

  /** Ends it: all that waits rejects with `error`. Returns the events that were not acknowledged, oldest first. */
  end(error: PeerloomError): string[] {
    const frames = this.session.end();
    this.#streams.failAll(error);
    this.#pending.rejectAll(error);
    this.#served.cancelAll(error);
    this.#drains.rejectAll(error);
    this.#settles.rejectAll(error);
    return frames.map((frame) => frame.event).filter((event) => event !== undefined);
  }

  #push(frame: EncodedFrame, event?: string): boolean {
    const bytes = frameBytes(frame);
    if (bytes > this.#limits.maxMessageBytes) {
      throw new PeerloomError(
        "TOO_LARGE",
        `a message of ${bytes} bytes is over the limit of ${this.#limits.maxMessageBytes}; use a stream`,
      );
    }
    if (this.session.outbox.messageBytes + bytes > this.#limits.maxQueuedBytes) {
      throw new PeerloomError(
        "OVERFLOW",
        `${this.session.outbox.messageBytes} bytes already wait for ${JSON.stringify(this.peer)}; await drained() when emit returns false`,
      );
    }
    this.session.traffic.message();
    return this.#pushControl(frame, event);
  }

  /** Answers and control frames find room beyond the limit of messages; a peer that asks on and on and takes no answer is cut off. */
  #pushControl(frame: EncodedFrame, event?: string): boolean {
    if (this.session.outbox.messageBytes > this.#limits.maxQueuedBytes * 2) {
      this.#host.broken(new PeerloomError("OVERFLOW", `${JSON.stringify(this.peer)} does not take the answers to what it asks`));
      return false;
    }
    if (fitsPacket(frame)) return this.session.push(new MessageFrame(frame, event));
    const pieces = splitFrame(frame);
    for (const piece of pieces.slice(0, -1)) this.session.push(new MessageFrame(piece, undefined));
    return this.session.push(new MessageFrame(pieces.at(-1) ?? frame, event));
  }

  /** The key of a stream is also its lane. */
  #pushBulk(frame: EncodedFrame, key: number, arrived?: () => void): void {
    const pieces = splitFrame(frame, key);
    const last = pieces.length - 1;
    for (const [index, piece] of pieces.entries())
      this.session.push(new BulkFrame(piece, index < last, index < last ? undefined : arrived), key);
  }

  #deliver(frame: WholeFrame): boolean {
    switch (frame.type) {
      case "event":
        this.session.traffic.message();
        this.#exchange.hears(frame.name);
        this.#handleEvent(frame.name, frame.args);
        return true;
      case "request":
        this.session.traffic.message();
        this.#exchange.hears(frame.name);
        // It is answered, whatever the answer is.
        this.#exchange.speaks(frame.name);
        return this.#handleRequest(frame.id, frame.name, frame.args);
      case "response":
        this.#exchange.isAnswered();
        this.#pending.resolve(frame.id, frame.value);
        return true;
      case "failure":
        this.#exchange.isAnswered();
        this.#pending.reject(frame.id, new PeerloomError(frame.code, frame.message, { remote: true }));
        return true;
      case "cancel":
        this.#served.cancel(frame.id, new PeerloomError("ABORTED", "the caller no longer waits"));
        return true;
      case "open":
        this.#exchange.hears(frame.name);
        this.#exchange.speaks(frame.name);
        return this.#streams.receive(frame);
      case "accept":
        this.#exchange.isAnswered();
        return this.#streams.receive(frame);
      case "refuse":
      case "data":
      case "credit":
      case "end":
      case "reset":
        return this.#streams.receive(frame);
    }
  }

  #handleEvent(event: string, args: unknown[]): void {
    const context = this.#context;
    for (const { handler } of this.#host.handlersOf(event)) {
      try {
        // One argument is the most frequent case, and this path the hottest of all.
        const result = args.length === 1 ? (handler as AnyHandler)(args[0], context) : (handler as AnyHandler)(...args, context);
        if (result instanceof Promise) result.catch((thrown: unknown) => this.#host.handlerFailed(event, thrown));
      } catch (thrown) {
        this.#host.handlerFailed(event, thrown);
      }
    }
  }

  /** Returns false when the peer uses a number twice. */
  #handleRequest(id: number, event: string, args: unknown[]): boolean {
    if (this.#served.has(id)) return false;
    const responder = this.#host.responderOf(event);
    if (responder === undefined) this.#refuse(id, new PeerloomError("NO_HANDLER", `nobody handles ${JSON.stringify(event)} there`));
    else if (!this.#served.hasRoom)
      this.#refuse(id, new PeerloomError("LIMIT", "too many requests of this client are already being handled"));
    else this.#serve(id, responder, args);
    return true;
  }

  #serve(id: number, responder: Responder, args: unknown[]): void {
    const context = this.#served.start(id, this.peer);
    try {
      const result = responder(args, context);
      if (!isThenable(result)) return this.#answer(id, context, result);
      result.then(
        (value) => this.#answer(id, context, value),
        (thrown: unknown) => this.#fail(id, context, thrown),
      );
    } catch (thrown) {
      this.#fail(id, context, thrown);
    }
  }

  #answer(id: number, context: RequestContext, value: unknown): void {
    if (!this.#served.finish(id, context)) return;
    try {
      this.#push(encodeResponse(id, value));
    } catch (thrown) {
      this.#pushControl(encodeFailure(id, toWireError(thrown)));
    }
  }

  #fail(id: number, context: RequestContext, thrown: unknown): void {
    if (this.#served.finish(id, context)) this.#refuse(id, thrown);
  }

  #refuse(id: number, thrown: unknown): void {
    this.#pushControl(encodeFailure(id, toWireError(thrown)));
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as Partial<PromiseLike<unknown>>).then === "function";
}
