import { PeerloomError, type AnyCode, type Defer, type PathName, type Transport } from "@peerloom/core";
import { ENCRYPTION, encodePacket, instanceOf, type ParsedPacket } from "@peerloom/protocol";
import { Conversation, type ConversationHost } from "./conversation.ts";
import type { SessionLimits } from "./limits.ts";
import { Peer } from "./peer.ts";
import { Tombstones } from "./tombstones.ts";

/** What a relay knows about a peer. */
export interface PresenceUpdate {
  readonly id: string;
  readonly state: "here" | "away" | "gone" | "absent";
  readonly instance?: string | undefined;
  readonly reason?: string | undefined;
}

/** What becomes of a conversation that ended. */
export interface Ended {
  readonly id: string;
  readonly error: PeerloomError;
  /** False when the peer never answered: then it was not known, and is not gone. */
  readonly wasKnown: boolean;
  /** The events that were not acknowledged, oldest first. */
  readonly events: readonly string[];
}

export interface PeersOptions {
  readonly instance: string;
  readonly transport: Transport;
  readonly limits: SessionLimits;
  readonly sessionTimeoutMs: number;
  readonly defer: Defer;
  readonly handlersOf: (id: string) => Pick<ConversationHost, "handlersOf" | "responderOf" | "streamHandlerOf" | "handlerFailed">;
  readonly ended: (ended: Ended) => void;
  /** What becomes of the paths to a peer. */
  readonly paths: PathEvents;
}

/** What an endpoint is told about the paths of its sessions. */
interface PathEvents {
  opened(id: string): void;
  moved(id: string, path: PathName): void;
  met(id: string): void;
  silent(id: string): void;
}

/** An endpoint's conversations by peer: opens, finds and ends them, and knows which peers are out of reach. */
export class Peers {
  readonly #options: PeersOptions;
  readonly #byId = new Map<string, Peer>();
  readonly #dirty = new Set<Peer>();
  readonly #tombstones = new Tombstones();
  #sessionTimeoutMs: number;
  #isConnected = false;
  #lastSession = 0;

  constructor(options: PeersOptions) {
    this.#options = options;
    this.#sessionTimeoutMs = options.sessionTimeoutMs;
  }

  get(id: string): Peer | undefined {
    return this.#byId.get(id);
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  all(): Peer[] {
    return [...this.#byId.values()];
  }

  connected(sessionTimeoutMs: number = this.#sessionTimeoutMs): void {
    this.#sessionTimeoutMs = sessionTimeoutMs;
    this.#isConnected = true;
    for (const peer of this.#byId.values()) peer.session.resume("relay");
  }

  disconnected(): void {
    this.#isConnected = false;
    for (const peer of this.#byId.values()) this.lose(peer, "no connection to the relay");
  }

  /** The peer's entry, made when there is none. @throws PeerloomError `LIMIT` when there are too many. */
  open(id: string): Peer {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const { instance, limits, transport } = this.#options;
    if (this.#byId.size >= limits.maxPeers) throw new PeerloomError("LIMIT", `${limits.maxPeers} peers already have a session`);
    this.#lastSession += 1;
    const source = `${instance}.${this.#lastSession}`;
    const peer: Peer = new Peer(
      new Conversation(
        id,
        source,
        this.#hostOf(id, () => peer),
        limits,
        this.#isConnected ? "up" : "down",
      ),
    );
    this.#byId.set(id, peer);
    if (!this.#isConnected) this.lose(peer, "no connection to the relay");
    transport.watch([id]);
    this.#options.paths.opened(id);
    return peer;
  }

  /** Finds or opens the conversation a packet belongs to; answers packets that belong to none. */
  route(from: string, packet: ParsedPacket): Peer | undefined {
    const peer = this.#byId.get(from);
    const { source, destination } = packet;
    const isOurs = destination !== "" && destination === peer?.session.source;
    if (packet.extension?.x !== undefined) {
      if (peer !== undefined && isOurs) this.end(peer, new PeerloomError(packet.extension.x, `${JSON.stringify(from)} ended the session`));
      return undefined;
    }
    if (destination !== "" && !isOurs) {
      const isOurInstance = instanceOf(destination) === this.#options.instance;
      return this.#reset(from, packet, isOurInstance ? "PEER_LOST" : "PEER_RESTARTED");
    }
    if (this.#tombstones.has(source)) return this.#reset(from, packet, "PEER_LOST");
    const known = peer?.session.destination ?? "";
    // Only the session that we have answered knows ours.
    if (isOurs && known !== "" && known !== source) return this.#reset(from, packet, "PEER_LOST");
    if (peer !== undefined && (known === "" || known === source)) return peer;
    if (peer !== undefined) this.restarted(peer, instanceOf(source));
    try {
      return this.open(from);
    } catch {
      return this.#reset(from, packet, "LIMIT");
    }
  }

  /** A peer that encrypts has spoken: says that this side does not, so that it need not wait. */
  declineEncryption(from: string, text: string, path: PathName): void {
    if (text !== ENCRYPTION.plain) this.#options.transport.send(from, 0, { text: ENCRYPTION.plain, attachments: [] }, path);
  }

  /** The peer goes on under a new session, of this instance. */
  restarted(peer: Peer, instance: string): void {
    const isSame = instanceOf(peer.session.destination) === instance;
    this.end(peer, new PeerloomError(isSame ? "PEER_LOST" : "PEER_RESTARTED", `${JSON.stringify(peer.id)} has started anew`));
  }

  /** The relay did not forward packet `serial`. */
  refused(to: string, code: AnyCode, serial: number): void {
    const peer = this.#byId.get(to);
    if (peer === undefined) return;
    if (code === "BUSY" || code === "RATE_LIMITED") peer.session.refused(serial);
    else if (code === "PEER_AWAY") this.lose(peer, "its connection is lost");
    else if (code === "PEER_NOT_FOUND") this.absent(peer);
    else this.end(peer, new PeerloomError(code, `the relay refused a packet to ${JSON.stringify(to)}`));
  }

  /** The relay tells how a peer stands. */
  presence({ id, state, instance, reason }: PresenceUpdate): void {
    const peer = this.#byId.get(id);
    if (peer === undefined) return;
    const { destination, hasDeparted } = peer.session;
    // What was sent before the peer answered may have reached the instance the relay told of: it is not sent to another one.
    const known = destination !== "" ? instanceOf(destination) : hasDeparted ? peer.toldInstance || undefined : undefined;
    const isOther = known !== undefined && instance !== undefined && instance !== known;
    if (state === "here" || state === "away") peer.toldInstance = instance ?? peer.toldInstance ?? "";
    if (state === "away") return this.lose(peer, "its connection is lost");
    if (state === "absent" || (state === "gone" && destination === "" && !hasDeparted)) return this.absent(peer);
    if (state === "here") return isOther ? this.restarted(peer, instance) : this.here(peer);
    if (isOther) return;
    // The relay has given it up, but it lives: its direct path says so.
    if (reason === "timeout" && peer.session.path === "direct") return this.lose(peer, "the relay has given it up");
    this.end(peer, new PeerloomError("PEER_LOST", `${JSON.stringify(id)} is gone${reason === undefined ? "" : ` (${reason})`}`));
  }

  /** The peer is in reach of the relay. */
  here(peer: Peer): void {
    peer.here();
    if (this.#isConnected && peer.session.stateOf("relay") === "down") peer.session.resume("relay");
  }

  /** The peer is out of reach of the relay for now. */
  lose(peer: Peer, why: string): void {
    peer.session.suspend("relay");
    this.#expect(peer, why);
  }

  /** There is a direct path to the peer: whether the relay reaches it does not matter meanwhile. */
  directUp(peer: Peer): void {
    peer.here();
    peer.session.resume("direct");
  }

  directDown(peer: Peer): void {
    peer.session.suspend("direct");
    this.#expect(peer, "its direct path is lost");
  }

  /** A peer that no path leads to may come back; one that stays away for the session timeout is gone for good. */
  #expect(peer: Peer, why: string): void {
    if (peer.session.isReachable) return;
    peer.away(this.#sessionTimeoutMs, () => {
      this.end(
        peer,
        new PeerloomError("PEER_LOST", `${JSON.stringify(peer.id)} was out of reach for ${this.#sessionTimeoutMs} ms: ${why}`),
      );
    });
  }

  /** The relay does not know the peer. One we never had is not found; one we had may be on its way back. */
  absent(peer: Peer): void {
    if (peer.isKnown) return this.lose(peer, "the relay does not know it");
    this.end(peer, new PeerloomError("PEER_NOT_FOUND", `${JSON.stringify(peer.id)} is not connected`));
  }

  /** Ends the conversation: all that waits in it rejects with `error`. */
  end(peer: Peer, error: PeerloomError): void {
    const { id, session, conversation } = peer;
    if (this.#byId.get(id) !== peer) return;
    this.#byId.delete(id);
    this.#dirty.delete(peer);
    peer.here();
    const wasKnown = session.destination !== "";
    if (wasKnown) this.#tombstones.add(session.destination);
    const events = conversation.end(error);
    this.#options.transport.unwatch([id]);
    this.#options.ended({ id, error, wasKnown, events });
  }

  /** Like `end`, and tells the peer that its session is dead. */
  breakOff(peer: Peer, error: PeerloomError): void {
    peer.session.sendReset(error.code);
    this.end(peer, error);
  }

  #hostOf(id: string, peer: () => Peer): ConversationHost {
    return {
      ...this.#options.handlersOf(id),
      send: (serial, packet, path) => this.#options.transport.send(id, serial, packet, path),
      moved: (path) => this.#options.paths.moved(id, path),
      met: () => this.#options.paths.met(id),
      silent: () => this.#options.paths.silent(id),
      schedule: () => this.#schedule(peer()),
      broken: (error) => this.breakOff(peer(), error),
    };
  }

  #schedule(peer: Peer): void {
    if (this.#dirty.size === 0) this.#options.defer(() => this.#flush());
    this.#dirty.add(peer);
  }

  #flush(): void {
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    for (const peer of dirty) if (this.#byId.get(peer.id) === peer) peer.session.flush();
  }

  #reset(to: string, { source, destination }: ParsedPacket, code: AnyCode): undefined {
    // A packet that named no session of ours is answered in the name of one that never existed.
    const own = destination === "" ? `${this.#options.instance}.${Number.MAX_SAFE_INTEGER}` : destination;
    const header = { source: own, destination: source, first: 0, ack: 0, extension: { x: code } };
    this.#options.transport.send(to, 0, { text: encodePacket(header, []), attachments: [] }, "relay");
  }
}
