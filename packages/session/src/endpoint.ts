import {
  Emitter,
  PeerloomError,
  type AnyCode,
  type GoneEvent,
  type ListenOptions,
  type MessageHandler,
  type Port,
  type Remote,
  type Transport,
  type Unsubscribe,
  type WaitOptions,
} from "@peerloom/core";
import { checkName, encodePacket, instanceOf, parsePacket, type ParsedPacket } from "@peerloom/protocol";
import { Conversation, type ConversationHost } from "./conversation.ts";
import { createDefer, type Defer } from "./defer.ts";
import { EventNames } from "./event-names.ts";
import { Handlers } from "./handlers.ts";
import { defaultSessionLimits, type SessionLimits } from "./limits.ts";
import { Peer } from "./peer.ts";
import { RemotePeer } from "./remote.ts";
import { Tombstones } from "./tombstones.ts";

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

/** What a relay knows about a peer. */
export interface PresenceUpdate {
  readonly id: string;
  readonly state: "here" | "away" | "gone" | "absent";
  readonly instance?: string | undefined;
  readonly reason?: string | undefined;
}

export interface EndpointEvents {
  /** A known peer is gone for good: its requests have rejected, its handlers are removed. */
  gone: GoneEvent;
  /** An event that was sent could not be delivered, or it is not known whether it was. */
  undeliverable: { readonly to: string; readonly event: string; readonly error: PeerloomError };
  /** A handler threw while it handled an event (a request's error goes to its caller instead). */
  error: { readonly error: unknown; readonly from?: string; readonly event?: string };
  /** Input from the wire was dropped. */
  malformed: { readonly from: string; readonly reason: string };
}

/**
 * One client's end of all its conversations: a `Port` over an addressed `Transport`. The transport's owner reports what
 * happens on the wire by the methods in the first half; none of them throws, whatever it is given.
 */
export class Endpoint extends Emitter<EndpointEvents> implements Port, AsyncDisposable {
  readonly instance: string;
  readonly #transport: Transport;
  readonly #requestTimeoutMs: number;
  readonly #limits: SessionLimits;
  readonly #defer: Defer;
  readonly #peers = new Map<string, Peer>();
  readonly #dirty = new Set<Peer>();
  readonly #tombstones = new Tombstones();
  readonly #names = new EventNames();
  readonly #internal = new Map<string, MessageHandler>();
  readonly #anyHandlers = new Handlers();
  readonly #peerHandlers = new Map<string, Handlers>();
  #sessionTimeoutMs: number;
  #id = "";
  #isConnected = false;
  #lastSession = 0;
  #closing: Promise<void> | undefined;

  constructor({ instance, transport, requestTimeoutMs = 30_000, sessionTimeoutMs = 30_000, limits, defer = createDefer() }: EndpointOptions) {
    super();
    this.instance = instance;
    this.#transport = transport;
    this.#requestTimeoutMs = requestTimeoutMs;
    this.#sessionTimeoutMs = sessionTimeoutMs;
    this.#limits = { ...defaultSessionLimits, ...limits };
    this.#defer = defer;
  }

  get id(): string {
    return this.#id;
  }

  /** Ids with a session now. */
  get peers(): string[] {
    return [...this.#peers.keys()];
  }

  /** What this endpoint holds; all zero after close. */
  get load(): { readonly peers: number; readonly requests: number; readonly bytes: number } {
    const peers = [...this.#peers.values()];
    const requests = peers.reduce((sum, peer) => sum + peer.conversation.openRequests, 0);
    return { peers: peers.length, requests, bytes: peers.reduce((sum, peer) => sum + peer.session.bufferedBytes, 0) };
  }

  /** The transport is up, under this id; again after each reconnect. */
  connected(id: string, { sessionTimeoutMs = this.#sessionTimeoutMs }: { readonly sessionTimeoutMs?: number } = {}): void {
    this.#id = id;
    this.#sessionTimeoutMs = sessionTimeoutMs;
    this.#isConnected = true;
    for (const peer of this.#peers.values()) peer.session.resume();
  }

  /** The transport is down. Peers that stay out of reach for the session timeout are gone. */
  disconnected(): void {
    this.#isConnected = false;
    for (const peer of this.#peers.values()) this.#lose(peer, "no connection to the relay");
  }

  /** The transport takes packets again after `send` returned false. */
  writable(): void {
    for (const peer of this.#peers.values()) this.ready(peer.id);
  }

  /** A packet has come; `from` is the sender's proven id, the rest is unchecked. */
  receive(from: string, text: unknown, attachments: readonly unknown[]): void {
    if (this.#closing !== undefined) return;
    const binaries = attachments.map(toBytes);
    const packet = typeof text === "string" && !binaries.includes(undefined) ? parsePacket(text) : undefined;
    if (packet === undefined) return this.#dropMalformed(from, "a malformed packet");
    const peer = this.#route(from, packet);
    if (peer === undefined) return;
    this.#markHere(peer);
    const bytes = (text as string).length + binaries.reduce((sum, binary) => sum + (binary?.length ?? 0), 0);
    peer.session.receive(packet, binaries as readonly Uint8Array[], bytes);
  }

  /** Packet `serial` to `to` was not forwarded. */
  refused(to: string, code: AnyCode, serial: number): void {
    const peer = this.#peers.get(to);
    if (peer === undefined) return;
    if (code === "BUSY" || code === "RATE_LIMITED") return peer.session.refused(serial);
    if (code === "PEER_AWAY") return this.#lose(peer, "the peer's connection is lost");
    if (code === "PEER_NOT_FOUND") return this.#absent(peer);
    this.#end(peer, new PeerloomError(code, `the relay refused a packet to ${JSON.stringify(to)}`));
  }

  /** `to`, which was busy, takes packets again. */
  ready(to: string): void {
    const peer = this.#peers.get(to);
    if (peer?.session.path === "blocked") peer.session.resume();
  }

  /** The relay tells how a peer stands. */
  presence({ id, state, instance, reason }: PresenceUpdate): void {
    const peer = this.#peers.get(id);
    if (peer === undefined) return;
    if (state === "away") return this.#lose(peer, "the peer's connection is lost");
    if (state === "absent") return this.#absent(peer);
    const known = peer.session.destination === "" ? undefined : instanceOf(peer.session.destination);
    if (state === "gone") {
      if (known !== undefined && instance !== undefined && instance !== known) return;
      if (known === undefined && !peer.session.hasDeparted) return this.#absent(peer);
      return this.#end(peer, new PeerloomError("PEER_LOST", `${JSON.stringify(id)} is gone${reason === undefined ? "" : ` (${reason})`}`));
    }
    if (known !== undefined && instance !== undefined && known !== instance) {
      return this.#end(peer, new PeerloomError("PEER_RESTARTED", `${JSON.stringify(id)} has started anew`));
    }
    this.#markHere(peer);
  }

  remote(id: string): Remote {
    return new RemotePeer(checkName(id, "a client id"), this, { timeoutMs: this.#requestTimeoutMs });
  }

  onAny(event: string, handler: MessageHandler, options?: ListenOptions): Unsubscribe {
    this.#names.quote(event);
    return this.#anyHandlers.add(event, handler, options);
  }

  onceAny(event: string, handler: MessageHandler, options?: ListenOptions): Unsubscribe {
    this.#names.quote(event);
    return this.#anyHandlers.add(event, handler, options, true);
  }

  offAny(event?: string, handler?: MessageHandler): void {
    this.#anyHandlers.remove(event, handler);
  }

  onGone(listener: (event: GoneEvent) => void, options?: ListenOptions): Unsubscribe {
    return this.on("gone", listener, options);
  }

  /** Handlers bound to one peer; see `Remote`. */
  handlersFor(id: string): Handlers {
    const handlers = this.#peerHandlers.get(id) ?? new Handlers();
    this.#peerHandlers.set(id, handlers);
    return handlers;
  }

  /** Drops the table of handlers bound to a peer when it is empty. */
  tidyHandlersFor(id: string): void {
    if (this.#peerHandlers.get(id)?.isEmpty) this.#peerHandlers.delete(id);
  }

  /** `Remote.emit` to `id`. */
  emitTo(id: string, event: string, args: readonly unknown[]): boolean {
    const quoted = this.#names.quote(event);
    return this.#open(id).conversation.emit(event, quoted, args);
  }

  /** `Remote.emitWithAck` to `id`. */
  async requestFrom(id: string, event: string, args: readonly unknown[], wait: WaitOptions): Promise<unknown> {
    const quoted = this.#names.quote(event);
    return this.#open(id).conversation.request(event, quoted, args, wait);
  }

  /** `Remote.drained` for `id`. */
  async drainedFor(id: string, wait: WaitOptions): Promise<void> {
    return this.#peers.get(id)?.conversation.drained(wait);
  }

  /** Registers what answers a request of Peerloom's own; `name` begins with `peerloom:`. */
  handleInternal(name: string, handler: MessageHandler): void {
    this.#internal.set(name, handler);
  }

  /** Sends a request of Peerloom's own. */
  async requestInternal(to: string, name: string, args: readonly unknown[], wait: WaitOptions = {}): Promise<unknown> {
    return this.#open(to).conversation.request(name, JSON.stringify(name), args, { timeoutMs: this.#requestTimeoutMs, ...wait });
  }

  /** True while everything sent has been acknowledged. */
  get isIdle(): boolean {
    return [...this.#peers.values()].every((peer) => peer.session.isIdle);
  }

  /** Ends every conversation with `error`. Idempotent; never rejects; afterwards no timer, handler or queue is left. */
  close(error: PeerloomError = new PeerloomError("CLOSED", "closed locally")): Promise<void> {
    return (this.#closing ??= this.#shutdown(error));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #shutdown(error: PeerloomError): Promise<void> {
    for (const peer of [...this.#peers.values()]) this.#end(peer, error);
    this.#anyHandlers.remove();
    this.#peerHandlers.clear();
    this.#internal.clear();
    this.#dirty.clear();
    this.removeAllListeners();
  }

  /** The peer's entry, made when there is none. */
  #open(id: string): Peer {
    if (this.#closing !== undefined) throw new PeerloomError("CLOSED", "this client is closed");
    const known = this.#peers.get(id);
    if (known !== undefined) return known;
    if (this.#peers.size >= this.#limits.maxPeers) throw new PeerloomError("LIMIT", `${this.#limits.maxPeers} peers already have a session`);
    this.#lastSession += 1;
    const peer: Peer = new Peer(
      new Conversation(id, `${this.instance}.${this.#lastSession}`, this.#hostFor(id, () => peer), this.#limits, this.#isConnected ? "up" : "down"),
    );
    this.#peers.set(id, peer);
    if (!this.#isConnected) this.#lose(peer, "no connection to the relay");
    this.#transport.watch([id]);
    return peer;
  }

  #hostFor(id: string, peer: () => Peer): ConversationHost {
    return {
      send: (serial, packet) => this.#transport.send(id, serial, packet),
      schedule: () => this.#schedule(peer()),
      broken: (error) => {
        peer().session.sendReset(error.code);
        this.#end(peer(), error);
      },
      handlersOf: (event) => {
        const bound = this.#peerHandlers.get(id);
        return bound === undefined ? this.#anyHandlers.take(event) : [...bound.take(event), ...this.#anyHandlers.take(event)];
      },
      responderOf: (event) => this.#internal.get(event) ?? (this.#peerHandlers.get(id)?.takeFirst(event) ?? this.#anyHandlers.takeFirst(event))?.handler,
      handlerFailed: (event, error) => this.#report({ error, from: id, event }),
    };
  }

  #schedule(peer: Peer): void {
    if (this.#dirty.size === 0) this.#defer(() => this.#flush());
    this.#dirty.add(peer);
  }

  #flush(): void {
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    for (const peer of dirty) if (this.#peers.get(peer.id) === peer) peer.session.flush();
  }

  /** Finds or opens the session a packet belongs to; answers those that belong to none. */
  #route(from: string, packet: ParsedPacket): Peer | undefined {
    const peer = this.#peers.get(from);
    const { source, destination } = packet;
    const isOurs = destination !== "" && destination === peer?.session.source;
    if (packet.extension?.x !== undefined) {
      if (peer !== undefined && isOurs) this.#end(peer, new PeerloomError(packet.extension.x, `${JSON.stringify(from)} ended the session`));
      return undefined;
    }
    if (destination !== "" && !isOurs) {
      this.#reset(from, source, destination, instanceOf(destination) === this.instance ? "PEER_LOST" : "PEER_RESTARTED");
      return undefined;
    }
    if (this.#tombstones.has(source)) {
      this.#reset(from, source, "", "PEER_LOST");
      return undefined;
    }
    const known = peer?.session.destination ?? "";
    if (peer === undefined || (known !== "" && known !== source)) return this.#openFor(from, source, peer);
    return peer;
  }

  /** A session of the peer that we did not know; `replaced` is what we had with an earlier one. */
  #openFor(from: string, source: string, replaced: Peer | undefined): Peer | undefined {
    if (replaced !== undefined) {
      const isSame = instanceOf(replaced.session.destination) === instanceOf(source);
      this.#end(replaced, new PeerloomError(isSame ? "PEER_LOST" : "PEER_RESTARTED", `${JSON.stringify(from)} has started anew`));
    }
    try {
      return this.#open(from);
    } catch {
      this.#reset(from, source, "", "LIMIT");
      return undefined;
    }
  }

  #reset(to: string, destination: string, source: string, code: AnyCode): void {
    const own = source === "" ? `${this.instance}.${Number.MAX_SAFE_INTEGER}` : source;
    const header = { source: own, destination, first: 0, ack: 0, extension: { x: code } };
    this.#transport.send(to, 0, { text: encodePacket(header, []), attachments: [] });
  }

  #dropMalformed(from: string, reason: string): void {
    this.emit("malformed", { from, reason });
    const peer = this.#peers.get(from);
    if (peer === undefined) return;
    peer.session.sendReset("PROTOCOL_ERROR");
    this.#end(peer, new PeerloomError("PROTOCOL_ERROR", `${JSON.stringify(from)} sent ${reason}`));
  }

  /** The peer is out of reach for now. */
  #lose(peer: Peer, why: string): void {
    peer.session.suspend();
    peer.away(this.#sessionTimeoutMs, () => {
      this.#end(peer, new PeerloomError("PEER_LOST", `${JSON.stringify(peer.id)} was out of reach for ${this.#sessionTimeoutMs} ms: ${why}`));
    });
  }

  /** The relay does not know the peer. One we never had is not found; one we had may be on its way back. */
  #absent(peer: Peer): void {
    if (peer.session.destination !== "") return this.#lose(peer, "the relay does not know it");
    this.#end(peer, new PeerloomError("PEER_NOT_FOUND", `${JSON.stringify(peer.id)} is not connected`));
  }

  #markHere(peer: Peer): void {
    peer.here();
    if (this.#isConnected && peer.session.path === "down") peer.session.resume();
  }

  #end(peer: Peer, error: PeerloomError): void {
    if (this.#peers.get(peer.id) !== peer) return;
    this.#peers.delete(peer.id);
    this.#dirty.delete(peer);
    peer.here();
    const { destination } = peer.session;
    if (destination !== "") this.#tombstones.add(destination);
    const events = peer.conversation.end(error);
    if (this.#closing === undefined) this.#transport.unwatch([peer.id]);
    if (destination !== "") {
      this.#peerHandlers.get(peer.id)?.remove();
      this.#peerHandlers.delete(peer.id);
    }
    for (const event of events) this.emit("undeliverable", { to: peer.id, event, error });
    if (destination !== "") this.emit("gone", { id: peer.id, error });
  }

  #report(event: EndpointEvents["error"]): void {
    if (this.listenerCount("error") === 0) console.error("A message handler threw", event.event, event.error);
    else this.emit("error", event);
  }
}

function toBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined;
}
