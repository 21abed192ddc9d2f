import type { AnyCode, PeerloomError } from "@peerloom/core";
import type { Namespace, Socket } from "socket.io";
import type { Client } from "./client.ts";
import { Congestion } from "./congestion.ts";
import { Counters, countCode } from "./counters.ts";
import type { Announce, RefusalPlace } from "./events.ts";
import { release } from "./gather.ts";
import { Line, SLOW_ROOM, type Connection, type LineEvents } from "./line.ts";
import type { LocalClient } from "./local.ts";
import type { Settings } from "./options.ts";
import { presenceOf } from "./presence.ts";
import { rateSpecs } from "./rates.ts";
import { Registry, type GoneReason } from "./registry.ts";
import { resumeSecret } from "./resume.ts";
import { leaveRooms, sendMissedHeads, tellRooms } from "./room-notices.ts";
import { Rooms } from "./rooms.ts";
import { tellServices, watchedRooms, withdrawAll } from "./service-notices.ts";
import { ServiceRegistry } from "./service-registry.ts";
import { leaveTopics, SubscriberCounts, tellTopics } from "./topic-notices.ts";
import { TopicTable } from "./topics.ts";
import { Watches } from "./watches.ts";

/** Codes of `bye` after which a client does not come back. */
const finalCodes: ReadonlySet<AnyCode> = new Set(["CLIENT_ID_REPLACED", "FORBIDDEN", "PROTOCOL_ERROR", "RATE_LIMITED", "UNAUTHORIZED"]);

export interface CoreOptions {
  readonly settings: Settings;
  readonly namespace: Namespace;
  /** Whether the relay may close whole connections, or only its namespace on them. */
  readonly ownsConnections: boolean;
  readonly announce: Announce;
}

/** The relay's state and what follows from its changes. The functions beside it (forward, control, …) act on it. */
export class Core {
  readonly settings: Settings;
  readonly namespace: Namespace;
  readonly announce: Announce;
  readonly counters: Counters = new Counters();
  readonly rooms: Rooms = new Rooms();
  readonly watches: Watches = new Watches();
  readonly services: ServiceRegistry = new ServiceRegistry();
  readonly topics: TopicTable = new TopicTable();
  readonly subscriberCounts: SubscriberCounts = new SubscriberCounts(this);
  readonly registry: Registry;
  readonly congestion: Congestion;
  readonly local: LocalClient;
  /** Set by `close`: from then on nobody is let in. */
  isClosed = false;
  readonly #ownsConnections: boolean;
  readonly #lines = new WeakMap<Connection, Line>();
  readonly #lineEvents: LineEvents = {
    slow: (line) => this.#onSlow(line),
    flooded: (line) => queueMicrotask(() => this.guard(() => this.#onFlooded(line))),
  };

  constructor({ settings, namespace, ownsConnections, announce }: CoreOptions, createLocal: (core: Core) => LocalClient) {
    this.settings = settings;
    this.namespace = namespace;
    this.announce = announce;
    this.#ownsConnections = ownsConnections;
    const { relayId, duplicateId, sessionTimeoutMs, limits, now } = settings;
    this.registry = new Registry({
      relayId,
      policy: duplicateId,
      sessionTimeoutMs,
      maxClients: limits.clients,
      rates: rateSpecs(limits),
      now,
      guard: (run) => this.guard(run),
      onHere: (client, isResumed) => this.#onHere(client, isResumed),
      onAway: (client) => this.#onAway(client),
      onGone: (client, reason) => this.#onGone(client, reason),
      supersede: (socket) => this.#supersede(socket),
    });
    this.congestion = new Congestion({ now, drained: (line) => this.#onDrained(line), failed: (thrown) => this.failed(thrown) });
    this.local = createLocal(this);
  }

  /** The queue of a connection; watched from the first call on. */
  lineOf(connection: Connection): Line {
    const known = this.#lines.get(connection);
    if (known !== undefined) return known;
    const line = new Line(connection, this.settings.limits.outboundBytes, this.#lineEvents);
    this.#lines.set(connection, line);
    return line;
  }

  /** Counts a refusal and tells the operator. */
  refused(where: RefusalPlace, code: AnyCode, clientId: string | undefined, error?: PeerloomError): void {
    countCode(this.counters.refused, code);
    this.announce("refused", () => ({ where, code, clientId, ...(error && { error }) }));
  }

  /** Counts an event that the protocol does not know; a client that sends many is closed. */
  malformed(client: Client): void {
    this.counters.malformed += 1;
    if (client.rates.take("malformed", 1, this.settings.now())) return;
    this.dismiss(client, "PROTOCOL_ERROR", "too many malformed events");
  }

  /** Ends a connection that sends too much that comes to nothing, whether there is a client on it or not. */
  dropNoisy(line: Line): void {
    this.#drop(line, "PROTOCOL_ERROR", "too many messages that are no events");
  }

  /** Something threw that should not. */
  failed(thrown: unknown): void {
    this.counters.errors += 1;
    this.announce("error", () => ({ error: thrown }));
  }

  /** Runs what a socket or a timer calls: what is thrown there would end the process. */
  guard(run: () => void): void {
    try {
      run();
    } catch (thrown) {
      this.failed(thrown);
    }
  }

  /** Lets an adapter's work go on by itself. */
  background(work: Promise<void> | void): void {
    if (work instanceof Promise) work.catch((thrown: unknown) => this.failed(thrown));
  }

  /** Closes a client's connection and tells it why; with some codes it is gone by that, with others it may come back. */
  dismiss(client: Client, code: AnyCode, message: string): void {
    const { link } = client;
    if (link.at !== "here") return;
    release(this, client);
    if (finalCodes.has(code)) this.registry.remove(client, "closed");
    else this.registry.disconnected(client, link.socket);
    this.#noteDismissal(code, client.id);
    this.closeSocket(link.socket, code, message);
  }

  /** Says `bye` on a connected socket and closes it; at once when it has stopped reading. */
  closeSocket(socket: Socket, code: AnyCode, message: string): void {
    const line = this.lineOf(socket.conn);
    const isStuck = line.isSlow;
    socket.emit("bye", { code, message });
    this.disconnect(socket);
    if (isStuck) line.terminate();
  }

  /** Closes a socket without a word. */
  disconnect(socket: Socket): void {
    socket.disconnect(this.#ownsConnections);
  }

  /** Tells the watchers how a client is now. */
  tellPresence(client: Client): void {
    const watchers = this.watches.count(client.id);
    if (watchers === 0) return;
    this.charge(client, watchers);
    this.watches.tell(presenceOf(client));
  }

  /**
   * Charges a client for notices it caused, as if they were packets of its own: nobody can use the relay as an amplifier. One cause costs
   * half a second's packets at most, so that being watched by many is no reason to be cut off.
   */
  charge(client: Client, notices: number): void {
    client.rates.take("packets", Math.min(notices, this.settings.limits.packetsPerSecond / 2), this.settings.now());
  }

  #onHere(client: Client, isResumed: boolean): void {
    if (client.link.at !== "here") return;
    const { socket, line } = client.link;
    line.client = client;
    // The request that opened the socket has been looked at; it would take 2 KB for as long as the client stays.
    if (this.#ownsConnections) Reflect.set(socket.conn, "request", null);
    line.missedSince = this.rooms.tick;
    this.counters.connections += 1;
    this.#welcome(client);
    if (line.isSlow) this.#onSlow(line);
    const rooms = [...(client.rooms?.values() ?? [])].map(({ room }) => room.key);
    const topics = [...(client.subscribes?.values() ?? [])].map(({ key }) => key);
    const all = [...rooms, ...topics, ...watchedRooms(client)];
    if (all.length > 0) this.background(socket.join(all));
    this.#tellState(client);
    const { id: clientId, instance, claims, metadata } = client;
    this.announce("connection", () => ({ clientId, instance, isResumed, claims, metadata }));
  }

  #welcome(client: Client): void {
    const { secret, relayId, sessionTimeoutMs, limits } = this.settings;
    const { id: clientId, instance, metadata } = client;
    const resume = resumeSecret(secret, clientId, instance);
    client.emit("welcome", {
      clientId,
      resume,
      relayId,
      sessionTimeoutMs,
      maxPacketBytes: limits.packetBytes,
      ...(metadata !== undefined && { metadata }),
    });
  }

  #onAway(client: Client): void {
    this.congestion.forgetRates(client);
    client.limitedTo = undefined;
    this.#tellState(client);
    this.announce("away", () => ({ clientId: client.id }));
  }

  /** Tells all who have to do with a client that it is here again, or away. */
  #tellState(client: Client): void {
    this.tellPresence(client);
    tellRooms(this, client);
    tellServices(this, client);
    tellTopics(this, client);
  }

  #onGone(client: Client, reason: GoneReason): void {
    this.congestion.forgetRates(client);
    for (const id of client.watching ?? []) this.watches.remove(client, id);
    client.watching = undefined;
    client.joining = undefined;
    leaveRooms(this, client, reason);
    leaveTopics(this, client, reason);
    withdrawAll(this, client);
    if (!client.isAnnounced) return;
    this.watches.tell({ id: client.id, state: "gone", instance: client.instance, reason });
    this.announce("gone", () => ({ clientId: client.id, reason }));
  }

  /** A socket that is still in socket.io's handshake is closed when it comes out of it. */
  #supersede(socket: Socket): void {
    if (!socket.connected) return;
    this.closeSocket(socket, "CLIENT_ID_REPLACED", "this client id is now used by another connection");
  }

  #onSlow(line: Line): void {
    line.missedSince = this.rooms.tick;
    const link = line.client?.link;
    if (link?.at !== "here") return;
    this.background(link.socket.join(SLOW_ROOM));
    this.congestion.watchQueue(line);
  }

  #onDrained(line: Line): void {
    const { client, waiting = [] } = line;
    line.waiting = undefined;
    if (client?.link.at !== "here") return;
    this.background(client.link.socket.leave(SLOW_ROOM));
    for (const sender of waiting) sender.ready(client.id);
    sendMissedHeads(this, client, line);
  }

  #onFlooded(line: Line): void {
    this.#drop(line, "BUSY", "this client does not read what it is sent");
  }

  #drop(line: Line, code: AnyCode, message: string): void {
    if (line.client !== undefined) this.dismiss(line.client, code, message);
    else if (line.connection.readyState === "open") this.#noteDismissal(code, "");
    line.terminate();
  }

  /** Forgets everyone and everything, without a word to anyone. */
  clear(): void {
    this.registry.clear();
    this.rooms.clear();
    this.watches.clear();
    this.services.clear();
    this.topics.clear();
    this.subscriberCounts.clear();
    this.congestion.clear();
  }

  #noteDismissal(code: AnyCode, clientId: string): void {
    countCode(this.counters.dismissed, code);
    this.announce("dismissed", () => ({ code, clientId }));
  }
}
