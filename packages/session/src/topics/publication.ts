import { PeerloomError, type WaitOptions } from "@peerloom/core";
import { topicRoom, type Metadata, type TopicName } from "@peerloom/protocol";
import type { RoomLimits } from "../rooms/limits.ts";
import { toWireReplay, type WireReplay } from "../rooms/replay.ts";
import { RoomSender } from "../rooms/room-sender.ts";
import type { Start, TopicRequest } from "./requests.ts";
import type { Publishing, TopicHost } from "./topic-host.ts";
import type { TopicOptions } from "./topic.ts";

/** The one event of a topic, as it is named on the wire. */
export const TOPIC_EVENT = "t";
const quotedEvent = JSON.stringify(TOPIC_EVENT);

/** A topic published here, as its owner drives it; applications hold a `Topic`. */
export class Publication {
  readonly name: TopicName;
  readonly room: string;
  readonly sender: RoomSender;
  subscribers = 0;
  /** Called with what is published, for subscribers in this program. */
  onPublish: (args: readonly unknown[]) => void = () => {};
  /** Settles when the relay of this connection has answered. */
  registering: Promise<void> = Promise.resolve();
  readonly #host: TopicHost;
  readonly #options: TopicOptions;
  #isSealed = false;
  readonly #life = new AbortController();
  #key: string | undefined;

  constructor(name: TopicName, host: TopicHost, limits: RoomLimits, start: number, options: TopicOptions) {
    this.name = name;
    this.room = topicRoom(name);
    this.#host = host;
    this.#options = options;
    this.sender = new RoomSender(this.room, host, { ...limits, historyEvents: options.history ?? 0 }, start);
  }

  /** Aborts when the topic ends. */
  get signal(): AbortSignal {
    return this.#life.signal;
  }

  get isEnded(): boolean {
    return this.#life.signal.aborted;
  }

  /** What subscribers are told of this publisher. */
  get metadata(): Metadata {
    return this.#options.snapshot === undefined ? {} : { snapshot: true };
  }

  publish(args: readonly unknown[]): boolean {
    this.#checkOpen();
    const isBelowMark = this.sender.emit(quotedEvent, args);
    this.onPublish(args);
    return isBelowMark;
  }

  async drained(wait: WaitOptions): Promise<void> {
    this.#checkOpen();
    return this.sender.drained(wait);
  }

  /** The relay takes this client for a publisher. */
  registered({ key, subscribers }: Publishing): void {
    if (this.isEnded) return;
    this.#key = key;
    this.subscribers = subscribers;
    this.sender.open();
  }

  /** The relay is out of reach. */
  detached(): void {
    this.#key = undefined;
    this.sender.shut();
  }

  /** The relay did not take a packet. */
  refused(code: string, message: string): void {
    if (code === "BUSY" || code === "RATE_LIMITED") return this.sender.pause();
    this.sender.publisher.forget();
    this.#host.undeliverable(this.room, 1, new PeerloomError(code, message));
  }

  /**
   * Answers a subscriber that missed something.
   *
   * @throws PeerloomError `NOT_A_MEMBER` when it does not prove that it may subscribe, `PEER_RESTARTED`, `OVERFLOW` when it fell too far
   *   behind and is to be disconnected.
   */
  replay(request: TopicRequest): WireReplay {
    const { publisher } = this.sender;
    this.#check(request);
    if (this.#options.slow === "disconnect" && request.count < publisher.oldest)
      throw new PeerloomError("OVERFLOW", "this subscriber did not keep up with the topic");
    return toWireReplay(publisher.replay(request.count));
  }

  /** Tells a new subscriber where to begin. @throws PeerloomError like `replay`. */
  async start(request: TopicRequest): Promise<Start> {
    const { publisher } = this.sender;
    const { snapshot } = this.#options;
    this.#check(request);
    // What waits to be sent is in the snapshot already; what is published while it is made comes behind it.
    if (request.wantsSnapshot && snapshot !== undefined) {
      const next = publisher.end;
      return { from: next, next, snapshot: [await snapshot()] };
    }
    return { from: Math.max(publisher.oldest, publisher.head - request.count), next: publisher.head, snapshot: [] };
  }

  /** From now on nothing more is published. */
  seal(): void {
    this.#isSealed = true;
  }

  /** Sends what waits and ends. */
  end(error: PeerloomError): void {
    if (this.isEnded) return;
    this.sender.end(error);
    this.#life.abort(error);
    this.#key = undefined;
    this.subscribers = 0;
  }

  #check({ instance, key }: TopicRequest): void {
    if (this.isEnded || this.#key === undefined || key !== this.#key)
      throw new PeerloomError("NOT_A_MEMBER", "only subscribers are told what they missed");
    if (instance !== this.#host.instance) throw new PeerloomError("PEER_RESTARTED", "this publisher has started anew");
  }

  #checkOpen(): void {
    if (this.isEnded || this.#isSealed) throw new PeerloomError("CLOSED", `the topic ${JSON.stringify(this.name.topic)} was destroyed`);
  }
}
