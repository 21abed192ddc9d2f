import { PeerloomError, toWireError, type MessageContext, type MessageHandler, type WaitOptions } from "@peerloom/core";
import {
  encodeCancel,
  encodeEvent,
  encodeFailure,
  encodeRequest,
  encodeResponse,
  frameBytes,
  splitFrame,
  type EncodedFrame,
  type Frame,
} from "@peerloom/protocol";
import { FRAME_OVERHEAD_BYTES, type SessionLimits } from "./limits.ts";
import { PendingRequests } from "./pending-requests.ts";
import { ServedRequests } from "./served-requests.ts";
import { Session, type PathState, type SessionHost } from "./session.ts";
import { Waiters } from "./waiters.ts";

/** What a conversation needs from its endpoint. */
export interface ConversationHost extends Omit<SessionHost, "deliver" | "drained" | "settled"> {
  /** The handlers an event of this peer is due to. */
  handlersOf(event: string): Iterable<{ readonly handler: MessageHandler }>;
  /** The handler that answers a request of this peer. */
  responderOf(event: string): MessageHandler | undefined;
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
  readonly #drains = new Waiters();
  readonly #settles = new Waiters();

  constructor(peer: string, source: string, host: ConversationHost, limits: SessionLimits, path: PathState) {
    this.peer = peer;
    this.#host = host;
    this.#limits = limits;
    this.#context = Object.freeze({ from: peer });
    this.#pending = new PendingRequests(limits.maxPendingRequests);
    this.#served = new ServedRequests(limits.maxServedRequests);
    const sessionHost: SessionHost = {
      send: host.send,
      schedule: host.schedule,
      broken: host.broken,
      deliver: (frame) => this.#deliver(frame),
      drained: () => this.#drains.resolveAll(),
      settled: () => this.#settles.resolveAll(),
    };
    this.session = new Session(source, sessionHost, limits, path);
  }

  /** Requests waiting here and being handled here. */
  get openRequests(): number {
    return this.#pending.size + this.#served.size;
  }

  emit(event: string, quotedEvent: string, args: readonly unknown[]): boolean {
    return this.#push(encodeEvent(quotedEvent, args), event);
  }

  request(event: string, quotedEvent: string, args: readonly unknown[], wait: WaitOptions): Promise<unknown> {
    return this.#pending.start(
      `the request ${quotedEvent} to ${JSON.stringify(this.peer)}`,
      wait,
      (id) => this.#push(encodeRequest(id, quotedEvent, args)),
      (id) => this.#pushControl(encodeCancel(id)),
    );
  }

  /** Resolves when less than the low-water mark waits. */
  drained(wait: WaitOptions): Promise<void> {
    if (this.session.outbox.bytes < this.#limits.highWaterBytes) return Promise.resolve();
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
    if (this.session.outbox.bytes + bytes > this.#limits.maxQueuedBytes) {
      throw new PeerloomError(
        "OVERFLOW",
        `${this.session.outbox.bytes} bytes already wait for ${JSON.stringify(this.peer)}; await drained() when emit returns false`,
      );
    }
    return this.#pushControl(frame, event);
  }

  /** Failures and cancels are never refused: they are small and bounded by the number of requests. */
  #pushControl(frame: EncodedFrame, event?: string): boolean {
    const pieces = splitFrame(frame);
    const last = pieces.length - 1;
    let isBelowMark = true;
    for (const [index, { text, parts }] of pieces.entries()) {
      const bytes = frameBytes({ text, parts }) + FRAME_OVERHEAD_BYTES;
      isBelowMark = this.session.push(event !== undefined && index === last ? { text, parts, bytes, event } : { text, parts, bytes });
    }
    return isBelowMark;
  }

  #deliver(frame: Frame): void {
    switch (frame.type) {
      case "event":
        return this.#handleEvent(frame.name, frame.args);
      case "request":
        return this.#handleRequest(frame.id, frame.name, frame.args);
      case "response":
        return this.#pending.resolve(frame.id, frame.value);
      case "failure":
        return this.#pending.reject(frame.id, new PeerloomError(frame.code, frame.message, { remote: true }));
      case "cancel":
        return this.#served.cancel(frame.id, new PeerloomError("ABORTED", "the caller no longer waits"));
      case "textPart":
      case "binaryPart":
      case "whole":
        return;
    }
  }

  #handleEvent(event: string, args: unknown[]): void {
    args.push(this.#context);
    for (const { handler } of this.#host.handlersOf(event)) {
      try {
        const result = (handler as AnyHandler)(...args);
        if (result instanceof Promise) result.catch((thrown: unknown) => this.#host.handlerFailed(event, thrown));
      } catch (thrown) {
        this.#host.handlerFailed(event, thrown);
      }
    }
  }

  #handleRequest(id: number, event: string, args: unknown[]): void {
    if (this.#served.has(id))
      return this.#host.broken(new PeerloomError("PROTOCOL_ERROR", `request number ${id} is already being handled`));
    const handler = this.#host.responderOf(event);
    if (handler === undefined) return this.#fail(id, new PeerloomError("NO_HANDLER", `nobody handles ${JSON.stringify(event)} there`));
    try {
      const context = this.#served.start(id, this.peer);
      const result = (handler as AnyHandler)(...args, context);
      if (!isThenable(result)) return this.#answer(id, result);
      result.then(
        (value) => this.#answer(id, value),
        (thrown: unknown) => this.#fail(id, thrown),
      );
    } catch (thrown) {
      this.#fail(id, thrown);
    }
  }

  #answer(id: number, value: unknown): void {
    if (!this.#served.finish(id)) return;
    try {
      this.#push(encodeResponse(id, value));
    } catch (thrown) {
      this.#pushControl(encodeFailure(id, toWireError(thrown)));
    }
  }

  #fail(id: number, thrown: unknown): void {
    this.#served.finish(id);
    this.#pushControl(encodeFailure(id, toWireError(thrown)));
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, "then") === "function";
}
