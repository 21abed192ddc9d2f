import { Emitter, PeerloomError } from "@peerloom/core";
import type { GoneEvent, ListenOptions, MessageHandler, Port, Remote, Unsubscribe, WaitOptions, StreamHandler } from "@peerloom/core";
import {
  checkEventName,
  checkMetadata,
  checkName,
  checkRoomName,
  type IceServer,
  type Metadata,
  type PeerStatus,
  type ServiceSummary,
} from "@peerloom/protocol";
import type { ProvidedService, ProvideOptions, Service, ServiceMethods, ServiceOptions, UntypedService } from "@peerloom/services";
import type { Room, SubscribeOptions, Subscription, Topic, TopicOptions } from "@peerloom/session";
import { ClientCore } from "./client-core.ts";
import type { ClientEvents, PresenceEvent } from "./client-events.ts";
import type { ClientState } from "./connection.ts";
import type { ClientSettings } from "./options.ts";
import type { PairHandler } from "./questions.ts";
import type { ClientList } from "./replies.ts";
import type { JoinOptions } from "./rooms.ts";
import type { SocketLike } from "./socket-like.ts";

export interface PairOptions extends WaitOptions {
  /** What to tell the other side's `onPair` handler. */
  readonly metadata?: Metadata;
}

export interface ListOptions extends WaitOptions {
  /** Where to go on: `next` of the page before. */
  readonly after?: string;
  /** At most so many; the relay has a limit of its own. */
  readonly limit?: number;
}

/** What a client holds. */
export interface ClientLoad {
  readonly peers: number;
  readonly requests: number;
  readonly streams: number;
  /** Sent and not acknowledged, waiting, early, and unread in streams. */
  readonly bytes: number;
  readonly rooms: number;
  /** Services provided here. */
  readonly services: number;
  /** Topics published here. */
  readonly topics: number;
  readonly subscriptions: number;
}

/**
 * One end of a relay: messages and requests to other clients, rooms, presence. Made by `connect`; reconnects by itself until
 * it is closed or the relay ends it (`closed` event). What is sent while offline waits, within the budgets.
 */
export class Client extends Emitter<ClientEvents> implements Port, AsyncDisposable {
  readonly #core: ClientCore;
  #closing: Promise<void> | undefined;

  private constructor(socket: SocketLike, settings: ClientSettings) {
    super();
    this.#core = new ClientCore(socket, settings, (name, event) => this.#tell(name, event));
  }

  /** Connects a socket and resolves once the relay has said welcome; see `connect`. `relay` names it in errors. */
  static async open(socket: SocketLike, settings: ClientSettings, relay: string): Promise<Client> {
    const { client, start } = Client.prepare(socket, settings);
    await start(relay);
    return client;
  }

  /** A client that does not connect before `start`: what is sent until then waits. */
  static prepare(
    socket: SocketLike,
    settings: ClientSettings,
  ): { readonly client: Client; readonly start: (relay: string) => Promise<void> } {
    const client = new Client(socket, settings);
    const start = async (relay: string): Promise<void> => {
      try {
        await client.#core.start(relay);
      } catch (thrown) {
        await client.close();
        throw thrown;
      }
    };
    return { client, start };
  }

  /** The id under which others reach this client; empty before the relay's first welcome. */
  get id(): string {
    return this.#core.endpoint.id;
  }

  /** The random id of this client object. */
  get instance(): string {
    return this.#core.endpoint.instance;
  }

  get state(): ClientState {
    return this.#core.connection.state;
  }

  /** What others see of this client; the relay may have decided it. */
  get metadata(): Metadata | undefined {
    return this.#core.metadata;
  }

  /** The id under which the relay itself can be reached; undefined before its first welcome. */
  get relayId(): string | undefined {
    return this.#core.relayId;
  }

  /** How often malformed input was dropped. */
  get warnings(): number {
    return this.#core.warnings;
  }

  /** What this client holds; all zero after close. */
  get load(): ClientLoad {
    const { peers, requests, streams } = this.#core.endpoint.load;
    const { bytes, control, rooms, offerings } = this.#core;
    return {
      peers,
      requests: requests + control.size,
      streams,
      bytes,
      rooms: rooms.size,
      ...offerings.load,
    };
  }

  remote(id: string): Remote {
    return this.#core.endpoint.remote(id);
  }

  onAny(event: string, handler: MessageHandler, options?: ListenOptions): Unsubscribe {
    return this.#core.endpoint.onAny(event, handler, options);
  }

  onceAny(event: string, handler: MessageHandler, options?: ListenOptions): Unsubscribe {
    return this.#core.endpoint.onceAny(event, handler, options);
  }

  offAny(event?: string, handler?: MessageHandler): void {
    this.#core.endpoint.offAny(event, handler);
  }

  /**
   * Takes the streams that others open under `name`; what the handler throws before it returns refuses the stream, what it throws
   * later destroys it.
   *
   * @throws TypeError when the name has a handler already.
   */
  onStream(name: string, handler: StreamHandler, options?: ListenOptions): Unsubscribe {
    return this.#core.endpoint.onStream(name, handler, options);
  }

  onGone(listener: (event: GoneEvent) => void, options?: ListenOptions): Unsubscribe {
    return this.on("gone", listener, options);
  }

  /** Told about each client this one talks with or watches; see `watch`. */
  onPresence(listener: (event: PresenceEvent) => void, options?: ListenOptions): Unsubscribe {
    return this.on("presence", listener, options);
  }

  /**
   * Tells `id` who this client is, and asks to be known there: from then on each side's `onGone` hears of the other.
   *
   * @returns what the other side's `onPair` handler answered.
   * @throws PeerloomError `PAIR_REFUSED`, `PEER_NOT_FOUND`, `FORBIDDEN`, `TIMEOUT` after `timeoutMs` (default: `requestTimeoutMs`), `ABORTED`, `CLOSED`.
   */
  async pair(
    id: string,
    { metadata, timeoutMs = this.#core.settings.requestTimeoutMs, signal }: PairOptions = {},
  ): Promise<Metadata | undefined> {
    checkName(id, "a client id");
    checkMetadata(metadata);
    const end = Date.now() + timeoutMs;
    const body = metadata === undefined ? { to: id } : { to: id, metadata };
    const answer = await this.#core.control.request("pair", body, { timeoutMs, ...(signal && { signal }) });
    await this.#core.hello(id, { timeoutMs: Math.max(0, end - Date.now()), ...(signal && { signal }) });
    return answer.metadata;
  }

  /** Decides who may pair with this client; without a handler everybody is refused. A later handler replaces an earlier one. */
  onPair(handler: PairHandler): Unsubscribe {
    return this.#core.questions.handle(handler);
  }

  /** How `id` stands. @throws PeerloomError `TIMEOUT`, `ABORTED`, `CLOSED`, `FORBIDDEN`. */
  async lookup(id: string, options: WaitOptions = {}): Promise<PeerStatus> {
    return this.#core.control.request("lookup", { id: checkName(id, "a client id") }, options);
  }

  /** A page of the relay's clients. @throws PeerloomError `FORBIDDEN` unless the relay allows it; `TIMEOUT`, `ABORTED`, `CLOSED`. */
  async listClients({ after, limit, ...wait }: ListOptions = {}): Promise<ClientList> {
    return this.#core.control.request("list", { after, limit }, wait);
  }

  /**
   * STUN and TURN servers of the relay, for an `RTCPeerConnection`, with credentials that hold for a while: call it for each connection. None
   * where the relay has none.
   *
   * @throws PeerloomError `FORBIDDEN`, `TIMEOUT`, `ABORTED`, `CLOSED`.
   */
  iceServers(options: WaitOptions = {}): Promise<readonly IceServer[]> {
    return this.#core.iceServers.get(options);
  }

  /** Tells by `presence` how these clients stand, at once and whenever that changes, until `unwatch`. */
  watch(...ids: string[]): void {
    for (const id of ids) checkName(id, "a client id");
    this.#core.watches.add("application", ids);
  }

  unwatch(...ids: string[]): void {
    this.#core.watches.remove("application", ids);
  }

  /** Replaces what others see of this client. @throws TypeError when it is no JSON value; PeerloomError `TOO_LARGE`, `TIMEOUT`, `ABORTED`, `CLOSED`. */
  async setMetadata(metadata: Metadata, options: WaitOptions = {}): Promise<void> {
    if (checkMetadata(metadata) === undefined) throw new TypeError("metadata must not be undefined; use null");
    const before = this.#core.metadata;
    this.#core.metadata = metadata;
    try {
      await this.#core.control.request("metadata", { metadata }, options);
    } catch (thrown) {
      if (this.#core.metadata === metadata) this.#core.metadata = before;
      throw thrown;
    }
  }

  /**
   * Joins a room; joining one that this client is in gives the same `Room`, whatever the options.
   *
   * @throws TypeError for a bad name or metadata, RangeError for a bad history; PeerloomError `FORBIDDEN`, `LIMIT`, `TIMEOUT`, `ABORTED`, `CLOSED`.
   */
  join(room: string, options: JoinOptions = {}): Promise<Room> {
    return this.#core.rooms.join(room, options);
  }

  /**
   * Sends an event to a room, also one this client is not in, where the relay allows that: then at most once. What the relay
   * refuses is told by `undeliverable`.
   *
   * @returns false when more than the high-water mark is waiting.
   * @throws TypeError when an argument cannot be carried or a name is not allowed; PeerloomError `OVERFLOW`, `TOO_LARGE`, `CLOSED`.
   */
  emitRoom(room: string, event: string, ...args: unknown[]): boolean {
    if (this.state === "closed") throw new PeerloomError("CLOSED", "this client is closed");
    const joined = this.#core.rooms.get(checkRoomName(room));
    if (joined !== undefined) return joined.emit(event, ...args);
    return this.#core.outsiders.emit(room, checkEventName(event), args);
  }

  /** Offers a service; see `Services.provide`. */
  provide(service: string, methods: ServiceMethods, options?: ProvideOptions): ProvidedService {
    return this.#core.offerings.services.provide(service, methods, options);
  }

  /** A service's methods, to be called; see `Services.service`. */
  service<T = UntypedService>(service: string, options?: ServiceOptions): Service<T> {
    return this.#core.offerings.services.service<T>(service, options);
  }

  /** All services that have providers. @throws PeerloomError `FORBIDDEN`, `TIMEOUT`, `ABORTED`, `CLOSED`. */
  services(options?: WaitOptions): Promise<readonly ServiceSummary[]> {
    return this.#core.offerings.services.services(options);
  }

  /** Tells of each service that there is, and of each change of the number of its providers. */
  watchServices(listener: (service: ServiceSummary) => void, options?: ListenOptions): Unsubscribe {
    return this.#core.offerings.services.watchServices(listener, options);
  }

  /** Publishes a topic of a service that this client provides; see `Topics.create`. */
  createTopic(service: string, topic: string, options?: TopicOptions): Topic {
    return this.#core.offerings.topics.create(service, topic, options);
  }

  /** Subscribes to a topic, whether it exists yet or not; see `Topics.subscribe`. */
  subscribe(service: string, topic: string, handler: MessageHandler, options?: SubscribeOptions): Promise<Subscription> {
    return this.#core.offerings.topics.subscribe(service, topic, handler, options);
  }

  /**
   * Closes for good: what was sent gets up to `closeTimeoutMs` to be acknowledged, the relay is told, everything that waits
   * rejects with `CLOSED`. Idempotent; never rejects.
   */
  close(): Promise<void> {
    return (this.#closing ??= this.#core.close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #tell<K extends keyof ClientEvents>(name: K, event: ClientEvents[K]): void {
    if (name === "error" && this.listenerCount("error") === 0) console.error("A handler threw", event);
    else this.emit(name, event);
    if (name === "closed") this.removeAllListeners();
  }
}
