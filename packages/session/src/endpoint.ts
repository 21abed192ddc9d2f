import {
  createDefer,
  deferred,
  Emitter,
  PeerloomError,
  type AnyCode,
  type Defer,
  type DirectPaths,
  type GoneEvent,
  type ListenOptions,
  type MessageHandler,
  type Port,
  type Remote,
  type Responder,
  type Transport,
  type TransportUser,
  type Unsubscribe,
  type WaitOptions,
  type OpenStreamOptions,
  type Outcome,
  type PathBytes,
  type PathName,
  type PeerStream,
  type StreamHandler,
} from "@peerloom/core";
import { checkName, ENCRYPTION, isInstance, parsePacket } from "@peerloom/protocol";
import { EventNames } from "./event-names.ts";
import { HandlerRegistry } from "./handler-registry.ts";
import type { Handlers } from "./handlers.ts";
import { defaultSessionLimits, type SessionLimits } from "./limits.ts";
import { PathBytesCount } from "./path-bytes.ts";
import { Peers, type Ended, type PresenceUpdate } from "./peers.ts";
import { parseReceived } from "./received.ts";
import { RemotePeer } from "./remote.ts";

export interface EndpointOptions {
  /** The random id of this client object: 8–32 characters of `A–Z a–z 0–9 _ -`. */
  readonly instance: string;
  readonly transport: Transport;
  /** How long a request waits for its answer unless it says otherwise, in milliseconds. @defaultValue 30000 */
  readonly requestTimeoutMs?: number;
  /** How long a peer may be away before it is gone, in milliseconds. @defaultValue 30000 */
  readonly sessionTimeoutMs?: number;
  readonly limits?: Partial<SessionLimits>;
  /** How to run something at the end of the turn. */
  readonly defer?: Defer;
}

export interface EndpointEvents {
  /** A known peer is gone for good: its requests have rejected, its handlers are removed. */
  gone: GoneEvent;
  /** An event that was sent could not be delivered, or it is not known whether it was. */
  undeliverable: { readonly to: string; readonly event: string; readonly error: PeerloomError };
  /** A handler threw while it handled an event (a request's error goes to its caller instead). */
  error: { readonly error: unknown; readonly from?: string; readonly event?: string };
  /** What is sent to the peer takes another path from now on. */
  path: { readonly id: string; readonly path: PathName };
  /** Input from the wire was dropped. */
  malformed: { readonly from: string; readonly reason: string };
}

/**
 * One client's end of all its conversations: a `Port` over an addressed `Transport`. The transport's owner reports what
 * happens on the wire by `connected` … `presence`; none of these throws, whatever it is given.
 */
export class Endpoint extends Emitter<EndpointEvents> implements Port, TransportUser, AsyncDisposable {
  readonly instance: string;
  readonly #requestTimeoutMs: number;
  readonly #peers: Peers;
  readonly #names = new EventNames();
  readonly #handlers = new HandlerRegistry();
  #id = "";
  #direct: DirectPaths | undefined;
  #closing: Promise<void> | undefined;

  constructor({
    instance,
    transport,
    requestTimeoutMs = 30_000,
    sessionTimeoutMs = 30_000,
    limits,
    defer = createDefer(),
  }: EndpointOptions) {
    super();
    if (!isInstance(instance)) throw new TypeError(`an instance is 8 to 32 letters, digits, "_" or "-", not ${JSON.stringify(instance)}`);
    this.instance = instance;
    this.#requestTimeoutMs = requestTimeoutMs;
    this.#peers = new Peers({
      instance,
      transport,
      sessionTimeoutMs,
      limits: { ...defaultSessionLimits, ...limits },
      defer,
      handlersOf: (id) => ({
        handlersOf: (event) => this.#handlers.takeAll(id, event),
        responderOf: (event) => this.#handlers.takeResponder(id, event),
        streamHandlerOf: (name) => this.#handlers.streams.get(name),
        handlerFailed: (event, error) => this.#report({ error, from: id, event }),
      }),
      ended: (ended) => this.#onEnded(ended),
      paths: {
        opened: (peer) => this.#direct?.opened(peer),
        moved: (peer, path) => this.emit("path", { id: peer, path }),
        met: (peer) => this.#direct?.met(peer),
        silent: (peer) => this.#direct?.silent(peer),
      },
    });
  }

  get id(): string {
    return this.#id;
  }

  /** Ids with a session now. */
  get peers(): string[] {
    return this.#peers.all().map((peer) => peer.id);
  }

  /** What this endpoint holds; all zero after close. */
  get load(): { readonly peers: number; readonly requests: number; readonly streams: number; readonly bytes: number } {
    const peers = this.#peers.all();
    const requests = peers.reduce((sum, peer) => sum + peer.conversation.openRequests, 0);
    const streams = peers.reduce((sum, peer) => sum + peer.conversation.openStreams, 0);
    return { peers: peers.length, requests, streams, bytes: peers.reduce((sum, peer) => sum + peer.conversation.bufferedBytes, 0) };
  }

  /** Requests and streams open with a peer, both ways. */
  workWith(id: string): number {
    const conversation = this.#peers.get(id)?.conversation;
    return conversation === undefined ? 0 : conversation.openRequests + conversation.openStreams;
  }

  /** The transport is up, under this id; again after each reconnect. The relay may set another session timeout. */
  connected(id: string, { sessionTimeoutMs }: { readonly sessionTimeoutMs?: number } = {}): void {
    this.#id = id;
    this.#peers.connected(sessionTimeoutMs);
  }

  /** The transport is down. Peers that stay out of reach for the session timeout are gone. */
  disconnected(): void {
    this.#peers.disconnected();
  }

  /** Has direct paths made by this. Before the first session. */
  useDirect(paths: DirectPaths): void {
    this.#direct = paths;
  }

  /** There is a direct path to a peer with a session here, and packets take it from now on. */
  directUp(id: string): void {
    const peer = this.#peers.get(id);
    if (peer !== undefined) this.#peers.directUp(peer);
  }

  /** The direct path is lost, with what was under way by it. */
  directDown(id: string): void {
    const peer = this.#peers.get(id);
    if (peer !== undefined) this.#peers.directDown(peer);
  }

  /** The direct path takes packets again after `send` returned false. */
  directWritable(id: string): void {
    this.#resumeBlocked(id, "direct");
  }

  /** The transport takes packets by the relay again after `send` returned false. */
  writable(): void {
    for (const peer of this.#peers.all()) this.ready(peer.id);
  }

  /** A packet has come; `from` is the sender's proven id, the rest is unchecked. Must not be called from within `send`. */
  receive(from: string, text: unknown, attachments: readonly unknown[], path: PathName = "relay"): void {
    if (this.#closing !== undefined) return;
    if (typeof text === "string" && text.startsWith(ENCRYPTION.prefix)) return this.#peers.declineEncryption(from, text, path);
    const received = parseReceived(text, attachments);
    const packet = received && parsePacket(received.text);
    if (received === undefined || packet === undefined || (packet.frames.length === 0 && received.attachments.length > 0))
      return this.#dropMalformed(from, "a malformed packet");
    // A direct path belongs to a session: it neither opens nor replaces one.
    if (path === "direct" && this.#peers.get(from)?.session.destination !== packet.source) return;
    const peer = this.#peers.route(from, packet);
    if (peer === undefined) return;
    if (path === "relay") this.#peers.here(peer);
    const bytes = received.attachments.reduce((sum, attachment) => sum + attachment.length, received.text.length);
    peer.session.receive(packet, received.attachments, bytes, path);
  }

  /** Packet `serial` to `to` was not forwarded. */
  refused(to: string, code: AnyCode, serial: number): void {
    this.#peers.refused(to, code, serial);
  }

  /** `to`, which was busy, takes packets again. */
  ready(to: string): void {
    this.#resumeBlocked(to, "relay");
  }

  /** The relay tells how a peer stands. */
  presence(update: PresenceUpdate): void {
    this.#peers.presence(update);
  }

  /** Nothing can be said to this peer any more: ends its session with `error`. */
  failed(id: string, error: PeerloomError): void {
    const peer = this.#peers.get(id);
    if (peer !== undefined) this.#peers.end(peer, error);
  }

  remote(id: string): Remote {
    return new RemotePeer(checkName(id, "a client id"), this, { timeoutMs: this.#requestTimeoutMs });
  }

  /** The path that packets to a peer take. */
  pathOf(id: string): PathName {
    return this.#peers.get(id)?.session.path ?? "relay";
  }

  /** What has travelled by each path. */
  bytesOf(id: string): { readonly [P in PathName]: PathBytes } {
    return (this.#peers.get(id)?.session.bytes ?? new PathBytesCount()).read();
  }

  /** Does the relay reach a peer with a session here, as far as is known? */
  isRelayUp(id: string): boolean {
    const state = this.#peers.get(id)?.session.stateOf("relay");
    return state !== undefined && state !== "down";
  }

  /** Is there a session with this peer? */
  hasSession(id: string): boolean {
    return this.#peers.has(id);
  }

  /** `Remote.goDirect` to `id`. */
  async goDirect(id: string, wait: WaitOptions): Promise<void> {
    this.#checkOpen();
    if (this.#direct === undefined) throw new PeerloomError("NO_DIRECT", "this client was connected without `direct`");
    this.#peers.open(id);
    await this.#direct.goDirect(id, wait);
  }

  /** `Remote.goRelay` for `id`. */
  goRelay(id: string): void {
    this.#direct?.goRelay(id);
  }

  onAny(event: string, handler: MessageHandler, options?: ListenOptions): Unsubscribe {
    this.#names.quote(event);
    return this.#handlers.any.add(event, handler, options);
  }

  onceAny(event: string, handler: MessageHandler, options?: ListenOptions): Unsubscribe {
    this.#names.quote(event);
    return this.#handlers.any.add(event, handler, options, true);
  }

  offAny(event?: string, handler?: MessageHandler): void {
    this.#handlers.any.remove(event, handler);
  }

  onGone(listener: (event: GoneEvent) => void, options?: ListenOptions): Unsubscribe {
    return this.on("gone", listener, options);
  }

  /**
   * Takes the streams that peers open under `name`, one handler a name; what it throws before it returns refuses the stream, what
   * it throws later destroys it.
   *
   * @throws TypeError when the name has a handler already.
   */
  onStream(name: string, handler: StreamHandler, options?: ListenOptions): Unsubscribe {
    return this.#handlers.addStream(checkName(name, "a stream's name"), handler, options);
  }

  /** `Remote.openStream` to `id`. */
  async openStreamTo(id: string, name: string, options: OpenStreamOptions): Promise<PeerStream> {
    this.#checkOpen();
    return this.#peers.open(id).conversation.openStream(checkName(name, "a stream's name"), options);
  }

  /** The table of handlers bound to one peer. */
  handlersFor(id: string): Handlers {
    return this.#handlers.of(id);
  }

  /** Drops the table of handlers bound to a peer when it is empty. */
  tidyHandlersFor(id: string): void {
    this.#handlers.tidy(id);
  }

  /** `Remote.emit` to `id`. */
  emitTo(id: string, event: string, args: readonly unknown[]): boolean {
    this.#checkOpen();
    const quoted = this.#names.quote(event);
    return this.#peers.open(id).conversation.emit(event, quoted, args);
  }

  /** `Remote.emitWithAck` to `id`. Not async: that would cost each request a promise and three turns of the microtask queue. */
  requestFrom(id: string, event: string, args: readonly unknown[], wait: WaitOptions): Promise<unknown> {
    const outcome = deferred<unknown>();
    try {
      this.#checkOpen();
      const quoted = this.#names.quote(event);
      this.#peers.open(id).conversation.ask(event, quoted, args, wait, outcome);
    } catch (thrown) {
      outcome.reject(thrown);
    }
    return outcome.promise;
  }

  /** `Remote.drained` for `id`. */
  async drainedFor(id: string, wait: WaitOptions): Promise<void> {
    return this.#peers.get(id)?.conversation.drained(wait);
  }

  /**
   * Resolves when all that was sent to anyone has been acknowledged, and all that has come was acknowledged here; rejects when a peer is
   * lost first, or `wait` ends.
   */
  async settled(wait: WaitOptions = {}): Promise<void> {
    await Promise.all(this.#peers.all().map((peer) => peer.conversation.settled(wait)));
    for (const peer of this.#peers.all()) peer.session.acknowledge();
  }

  /** Registers what answers a request of Peerloom's own; `name` begins with `peerloom:`. */
  handleInternal(name: string, handler: Responder): void {
    this.#handlers.internal.set(name, handler);
  }

  /** Sends a request of Peerloom's own. */
  requestInternal(to: string, name: string, args: readonly unknown[], wait: WaitOptions = {}): Promise<unknown> {
    const outcome = deferred<unknown>();
    this.askInternal(to, name, args, { timeoutMs: this.#requestTimeoutMs, ...wait }, outcome);
    return outcome.promise;
  }

  /** The same without a promise, and without a limit of time where `wait` has none. `outcome` may be told before this returns. */
  askInternal(to: string, name: string, args: readonly unknown[], wait: WaitOptions, outcome: Outcome): void {
    try {
      this.#checkOpen();
      this.#peers.open(to).conversation.ask(name, `"${name}"`, args, wait, outcome);
    } catch (thrown) {
      outcome.reject(thrown);
    }
  }

  /** Ends every conversation with `error`. Idempotent; never rejects; afterwards no timer, handler or queue is left. */
  close(error: PeerloomError = new PeerloomError("CLOSED", "closed locally")): Promise<void> {
    return (this.#closing ??= this.#shutdown(error));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #shutdown(error: PeerloomError): Promise<void> {
    for (const peer of this.#peers.all()) this.#peers.end(peer, error);
    this.#handlers.clear();
    this.removeAllListeners();
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw new PeerloomError("CLOSED", "this client is closed");
  }

  #resumeBlocked(id: string, path: PathName): void {
    const session = this.#peers.get(id)?.session;
    if (session?.stateOf(path) === "blocked") session.resume(path);
  }

  #onEnded({ id, error, wasKnown, events }: Ended): void {
    this.#direct?.ended(id, error);
    if (wasKnown) this.#handlers.removePeer(id);
    for (const event of events) this.emit("undeliverable", { to: id, event, error });
    if (wasKnown) this.emit("gone", { id, error });
  }

  #dropMalformed(from: string, reason: string): void {
    this.emit("malformed", { from, reason });
    const peer = this.#peers.get(from);
    if (peer !== undefined) this.#peers.breakOff(peer, new PeerloomError("PROTOCOL_ERROR", `${JSON.stringify(from)} sent ${reason}`));
  }

  #report(event: EndpointEvents["error"]): void {
    if (this.listenerCount("error") === 0) console.error("A message handler threw", event.event, event.error);
    else this.emit("error", event);
  }
}
