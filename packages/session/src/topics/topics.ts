import { abortError, PeerloomError, type AnyCode, type MessageHandler, type WaitOptions } from "@peerloom/core";
import { checkName, topicRoom, type Member, type Notices, type TopicName } from "@peerloom/protocol";
import type { RoomLimits } from "../rooms/limits.ts";
import type { WireReplay } from "../rooms/replay.ts";
import { Publication } from "./publication.ts";
import { parseTopicRequest, type Start, type TopicRequest } from "./requests.ts";
import { SubscriptionCore } from "./subscription-core.ts";
import type { SubscribeOptions } from "./subscription-options.ts";
import { Subscription } from "./subscription.ts";
import type { TopicHost } from "./topic-host.ts";
import { Topic, type TopicOptions } from "./topic.ts";

export interface TopicsOptions {
  readonly host: TopicHost;
  readonly limits: RoomLimits;
  /** This client's id. */
  readonly id: () => string;
  /** Does this program provide the service? */
  readonly isProviding: (service: string) => boolean;
}

const retryMs = 1000;
const nobody: ReadonlySet<SubscriptionCore> = new Set();

/** Refusals that pass with time. */
const temporary: ReadonlySet<AnyCode> = new Set(["BUSY", "RATE_LIMITED", "TIMEOUT"]);

/** The topics that one client publishes and subscribes to. They are told to the relay again on each connection. */
export class Topics {
  readonly #options: TopicsOptions;
  readonly #host: TopicHost;
  readonly #publications = new Map<string, Publication>();
  readonly #subscriptions = new Map<string, Set<SubscriptionCore>>();
  /** Those whose first request is under way; it is repeated by itself should the connection break. */
  readonly #subscribing = new Set<SubscriptionCore>();
  /** No number up to here is used again, so that a topic created twice goes on counting. */
  #start = 0;
  #maxPacketBytes: number | undefined;
  /** Ends what was asked on this connection; undefined while offline. */
  #connection: AbortController | undefined;
  #closed: PeerloomError | undefined;

  constructor(options: TopicsOptions) {
    this.#options = options;
    this.#host = options.host;
  }

  /** Topics published here, and subscriptions; both zero after close. */
  get load(): { readonly topics: number; readonly subscriptions: number } {
    const subscriptions = [...this.#subscriptions.values()].reduce((sum, set) => sum + set.size, 0);
    return { topics: this.#publications.size, subscriptions };
  }

  /**
   * Publishes a topic of a service that is provided here.
   *
   * @throws TypeError when the service is not provided here, the topic is published already, or an argument is wrong; RangeError for a
   *   wrong `history`; PeerloomError `CLOSED`.
   */
  create(service: string, topic: string, options: TopicOptions = {}): Topic {
    const name = checkTopic(service, topic);
    checkTopicOptions(options);
    if (this.#closed !== undefined) throw this.#closed;
    if (!this.#options.isProviding(service))
      throw new TypeError(`${JSON.stringify(service)} is not provided here, so its topics are not ours`);
    if (this.#publications.has(topicRoom(name)))
      throw new TypeError(`the topic ${JSON.stringify(topic)} of ${JSON.stringify(service)} exists`);
    const publication = new Publication(name, this.#host, this.#options.limits, this.#start, options);
    this.#applyPacketLimit(publication);
    publication.onPublish = (args) => this.#publishHere(publication, args);
    this.#publications.set(publication.room, publication);
    this.#register(publication);
    let destroyed: Promise<void> | undefined;
    return new Topic(publication, () => (destroyed ??= this.#destroy(publication)));
  }

  /**
   * Subscribes to a topic, whether it exists yet or not; resolves when the relay knows.
   *
   * @throws TypeError for a wrong argument; PeerloomError `FORBIDDEN`, `LIMIT`, `TIMEOUT`, `ABORTED`, `CLOSED`.
   */
  async subscribe(service: string, topic: string, handler: MessageHandler, options: SubscribeOptions = {}): Promise<Subscription> {
    const name = checkTopic(service, topic);
    if (typeof handler !== "function") throw new TypeError(`the handler of a topic must be a function, not ${typeof handler}`);
    checkCount("replay", options.replay ?? 0);
    if (this.#closed !== undefined) throw this.#closed;
    if (options.signal?.aborted) throw abortError(options.signal);
    const core: SubscriptionCore = new SubscriptionCore(name, this.#host, this.#options.limits, handler, options, (error) => {
      void this.#drop(core, error);
    });
    const set = this.#subscriptions.get(core.room) ?? new Set<SubscriptionCore>();
    this.#subscriptions.set(core.room, set.add(core));
    const { signal, timeoutMs } = options;
    this.#subscribing.add(core);
    try {
      await this.#subscribe(core, { ...(signal && { signal }), ...(timeoutMs !== undefined && { timeoutMs }) });
    } catch (thrown) {
      void this.#drop(core, undefined);
      throw thrown;
    } finally {
      this.#subscribing.delete(core);
    }
    const unsubscribe = (): Promise<void> => this.#drop(core, undefined);
    signal?.addEventListener("abort", () => void unsubscribe(), { once: true });
    return new Subscription(core, unsubscribe);
  }

  /** There is a new connection: tells the relay all it has to know. */
  connected(maxPacketBytes: number): void {
    this.disconnected();
    this.#connection = new AbortController();
    this.#maxPacketBytes = maxPacketBytes;
    for (const publication of this.#publications.values()) {
      this.#applyPacketLimit(publication);
      this.#register(publication);
    }
    for (const set of this.#subscriptions.values())
      for (const core of set) if (core.state === "offline" && !this.#subscribing.has(core)) this.#resubscribe(core);
  }

  disconnected(): void {
    this.#connection?.abort();
    this.#connection = undefined;
    for (const publication of this.#publications.values()) publication.detached();
    for (const set of this.#subscriptions.values()) for (const core of set) core.detached();
  }

  /** The relay takes packets again. */
  writable(): void {
    for (const { sender } of this.#publications.values()) sender.flush();
  }

  memberNotice({ room, change, member, reason }: Notices["member"]): void {
    if (member.id === this.#options.id()) return;
    for (const core of this.#joined(room)) core.notice(change, member, reason);
  }

  subscribersNotice({ count, ...name }: Notices["subscribers"]): void {
    const publication = this.#publications.get(topicRoom(name));
    if (publication !== undefined && !publication.isEnded) publication.subscribers = count;
  }

  refused({ room, code, message }: Notices["room-refused"]): void {
    this.#publications.get(room)?.refused(code, message);
  }

  receive(room: string, from: string, next: unknown, text: unknown, attachments: readonly unknown[]): void {
    for (const core of this.#subscriptions.get(room) ?? nobody) if (core.isJoined) core.receive(from, next, text, attachments);
  }

  /** Answers a subscriber's replay request. @throws PeerloomError `BAD_REQUEST`, `NOT_A_MEMBER`, … */
  replay(args: readonly unknown[]): WireReplay {
    const request = parseTopicRequest(args);
    return this.#asked(request).replay(request as TopicRequest);
  }

  /** Answers a new subscriber. */
  async start(args: readonly unknown[]): Promise<Start> {
    const request = parseTopicRequest(args);
    return this.#asked(request).start(request as TopicRequest);
  }

  /** The service is not provided here any more: its topics end. The relay ends them by itself. */
  withdrawn(service: string): void {
    for (const publication of [...this.#publications.values()]) if (publication.name.service === service) void this.#destroy(publication);
  }

  end(error: PeerloomError): void {
    this.#closed = error;
    for (const publication of this.#publications.values()) publication.end(error);
    const reason = error.code === "CLOSED" ? undefined : error;
    for (const set of this.#subscriptions.values()) for (const core of set) core.end(reason);
    this.#connection?.abort();
    this.#connection = undefined;
    this.#publications.clear();
    this.#subscriptions.clear();
  }

  #joined(room: string): SubscriptionCore[] {
    return [...(this.#subscriptions.get(room) ?? [])].filter((core) => core.isJoined);
  }

  #asked(request: TopicRequest | undefined): Publication {
    if (request === undefined) throw new PeerloomError("BAD_REQUEST", "a malformed request to a publisher");
    const publication = this.#publications.get(request.room);
    if (publication === undefined) throw new PeerloomError("NOT_A_MEMBER", "this topic is not published here");
    return publication;
  }

  #register(publication: Publication): void {
    if (this.#connection === undefined || publication.isEnded) return;
    const signal = AbortSignal.any([this.#connection.signal, publication.signal]);
    const { name, sender, metadata } = publication;
    publication.registering = this.#host
      .publish(name, sender.publisher.head, metadata, (reply) => publication.registered(reply), { signal })
      .catch((thrown: unknown) => {
        if (signal.aborted) return;
        if (PeerloomError.is(thrown) && temporary.has(thrown.code)) return this.#later(signal, () => this.#register(publication));
        this.#publications.delete(publication.room);
        publication.end(
          PeerloomError.is(thrown) ? thrown : new PeerloomError("CLOSED", "the topic could not be published", { cause: thrown }),
        );
        this.#host.failed({ error: thrown, event: name.topic });
      });
  }

  async #destroy(publication: Publication): Promise<void> {
    if (this.#publications.get(publication.room) !== publication) return;
    publication.seal();
    // What was published before the relay knew of the topic is sent yet.
    if (this.#connection !== undefined && publication.sender.publisher.hasQueued) await publication.registering;
    if (publication.isEnded) return;
    publication.end(new PeerloomError("CLOSED", "the topic was destroyed"));
    this.#publications.delete(publication.room);
    this.#start = Math.max(this.#start, publication.sender.publisher.head);
    if (this.#connection !== undefined) await this.#host.unpublish(publication.name);
  }

  /** Subscribers in this program: the relay leaves the publisher itself out. */
  #publishHere({ room }: Publication, args: readonly unknown[]): void {
    const here = this.#joined(room);
    if (here.length === 0) return;
    this.#host.defer(() => {
      for (const core of here) if (core.state !== "closed") core.deliver(this.#options.id(), args);
    });
  }

  #subscribe(core: SubscriptionCore, wait: WaitOptions): Promise<void> {
    return this.#host.subscribe(
      core.name,
      ({ key, publishers }) => {
        const others = publishers.filter(({ id }: Member) => id !== this.#options.id());
        if (this.#subscriptions.get(core.room)?.has(core)) core.joined({ key, publishers: others });
      },
      wait,
    );
  }

  #resubscribe(core: SubscriptionCore): void {
    const signal = this.#connection?.signal;
    if (signal === undefined || core.state === "closed") return;
    this.#subscribe(core, { signal }).catch((thrown: unknown) => {
      if (signal.aborted || core.state === "closed") return;
      if (PeerloomError.is(thrown) && temporary.has(thrown.code)) return this.#later(signal, () => this.#resubscribe(core));
      void this.#drop(core, PeerloomError.is(thrown) ? thrown : new PeerloomError("CLOSED", "the subscription ended", { cause: thrown }));
    });
  }

  async #drop(core: SubscriptionCore, error: PeerloomError | undefined): Promise<void> {
    const set = this.#subscriptions.get(core.room);
    if (!set?.delete(core)) return;
    core.end(error);
    if (set.size > 0) return;
    this.#subscriptions.delete(core.room);
    if (this.#connection !== undefined) await this.#host.unsubscribe(core.name);
  }

  #later(signal: AbortSignal, run: () => void): void {
    const timer = setTimeout(run, retryMs);
    signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  }

  #applyPacketLimit({ sender }: Publication): void {
    if (this.#maxPacketBytes !== undefined) sender.publisher.maxPacketBytes = this.#maxPacketBytes;
  }
}

function checkTopic(service: string, topic: string): TopicName {
  return { service: checkName(service, "a service's name"), topic: checkName(topic, "a topic's name") };
}

function checkTopicOptions({ history = 0, snapshot, slow = "drop-oldest" }: TopicOptions): void {
  checkCount("history", history);
  if (snapshot !== undefined && typeof snapshot !== "function") throw new TypeError(`snapshot must be a function, not ${typeof snapshot}`);
  if (slow !== "drop-oldest" && slow !== "disconnect") throw new TypeError('slow must be "drop-oldest" or "disconnect"');
}

function checkCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${name} must be a whole number from 0 on, not ${String(value)}`);
}
