import type { AnyCode } from "@peerloom/core";
import type { Namespace } from "socket.io";
import type { Client } from "./client.ts";
import type { ClientMessage } from "./cluster/messages.ts";
import type { Nodes } from "./cluster/nodes.ts";
import type { RemoteNode } from "./cluster/remote-node.ts";
import { Replicas } from "./cluster/replicas.ts";
import type { Common } from "./common.ts";
import type { Congestion } from "./congestion.ts";
import type { Counters } from "./counters.ts";
import type { Announce, RefusalPlace } from "./events.ts";
import { release } from "./gather.ts";
import { Keys } from "./keys.ts";
import { onAway, onGone, onHere, onLeft, supersede } from "./life-cycle.ts";
import { SLOW_ROOM, type Line, type LineOwner } from "./line.ts";
import type { LocalClient } from "./local.ts";
import type { Settings } from "./options.ts";
import { presenceOf } from "./presence.ts";
import { rateSpecs } from "./rates.ts";
import { Registry, type GoneReason } from "./registry.ts";
import { leaveRooms, sendMissedHeads, tellRooms } from "./room-notices.ts";
import { Rooms } from "./rooms.ts";
import { tellServices, withdrawAll } from "./service-notices.ts";
import { ServiceRegistry } from "./service-registry.ts";
import type { TenantTable } from "./tenants.ts";
import { leaveTopics, SubscriberCounts, tellTopics } from "./topic-notices.ts";
import { TopicTable, type Topic } from "./topics.ts";
import { Watches } from "./watches.ts";

/** Codes of `bye` after which a client does not come back. */
const finalCodes: ReadonlySet<AnyCode> = new Set(["CLIENT_ID_REPLACED", "FORBIDDEN", "PROTOCOL_ERROR", "RATE_LIMITED", "UNAUTHORIZED"]);

/** What a refusal costs an address besides what was refused, in packets: it is as much work, and whoever heeds it causes few. */
const refusalPackets = 9;

/** One name space of the relay: who is in it, and what follows from changes there. The functions beside it (forward, control, …) act on it. */
export class Core implements LineOwner {
  readonly common: Common;
  /** Whose name space it is; undefined for the relay's own, where clients without a tenant are. */
  readonly tenant: string | undefined;
  readonly settings: Settings;
  readonly namespace: Namespace;
  readonly announce: Announce;
  readonly counters: Counters;
  readonly congestion: Congestion;
  readonly keys: Keys;
  readonly rooms: Rooms;
  readonly watches: Watches = new Watches();
  readonly services: ServiceRegistry = new ServiceRegistry();
  readonly topics: TopicTable;
  readonly subscriberCounts: SubscriberCounts = new SubscriberCounts(this);
  readonly registry: Registry;
  /** Clients that other nodes of the cluster have. */
  readonly replicas: Replicas = new Replicas(this);
  readonly local: LocalClient;
  readonly #tenants: TenantTable;

  constructor(common: Common, tenants: TenantTable, tenant: string | undefined, createLocal: (core: Core) => LocalClient) {
    this.common = common;
    this.tenant = tenant;
    this.settings = common.settings;
    this.namespace = common.namespace;
    this.announce = common.announce;
    this.counters = common.counters;
    this.congestion = common.congestion;
    this.#tenants = tenants;
    this.keys = new Keys(tenant);
    this.rooms = new Rooms(this.keys);
    this.topics = new TopicTable(this.keys);
    const { relayId, duplicateId, sessionTimeoutMs, limits, now } = this.settings;
    this.registry = new Registry({
      relayId,
      policy: duplicateId,
      sessionTimeoutMs,
      mayAdd: () => tenants.mayAdd(this),
      rates: rateSpecs(limits),
      now,
      guard: (run) => this.guard(run),
      onHere: (client, isResumed) => onHere(this, client, isResumed),
      onAway: (client) => onAway(this, client),
      onGone: (client, reason) => onGone(this, client, reason),
      onLeft: (client) => onLeft(this, client),
      elsewhere: (id) => this.replicas.get(id),
      onTaken: (client) => this.replicas.release(client),
      oust: (client) => this.replicas.remove(client, "replaced"),
      supersede: (socket) => supersede(this, socket),
    });
    this.local = createLocal(this);
  }

  /** Counts a refusal and tells the operator. */
  refused(where: RefusalPlace, code: AnyCode, clientId: string): void {
    const link = this.registry.get(clientId)?.link;
    const address = link?.at === "here" ? link.line.address : undefined;
    this.common.refused({ where, code, clientId, tenant: this.tenant, address });
  }

  /** Something threw that should not. */
  failed(thrown: unknown): void {
    this.common.failed(thrown);
  }

  /** Runs what a socket or a timer calls: what is thrown there would end the process. */
  guard(run: () => void): void {
    this.common.guard(run);
  }

  /** Lets an adapter's work go on by itself. */
  background(work: Promise<void> | void): void {
    this.common.background(work);
  }

  /** Counts an event that the protocol does not know; a client that sends many is closed. */
  malformed(client: Client): void {
    this.counters.malformed += 1;
    if (client.rates.take("malformed", 1, this.settings.now())) return;
    this.dismiss(client, "PROTOCOL_ERROR", "too many malformed events");
  }

  /** Closes a client's connection and tells it why; with some codes it is gone by that, with others it may come back. */
  dismiss(client: Client, code: AnyCode, message: string): void {
    const { link } = client;
    if (link.at !== "here") return;
    release(this, client);
    if (finalCodes.has(code)) this.registry.remove(client, "closed");
    else this.registry.disconnected(client, link.socket);
    this.common.noteDismissal({ code, clientId: client.id, tenant: this.tenant, address: link.line.address });
    this.common.closeSocket(link.socket, code, message);
  }

  /**
   * Does something about a client that sends more than it may. It is not read until it may send again, where the relay owns the connection.
   * If it goes on nevertheless it is closed: for good when it is its own doing; when it is that of all clients at its address, it may come back.
   *
   * @returns whether it was closed.
   */
  restrain(client: Client): boolean {
    if (client.rates.areSunk()) this.dismiss(client, "RATE_LIMITED", "this client goes on sending far more than it may");
    else if (client.rates.address?.isSunk() === true)
      this.dismiss(client, "BUSY", "the clients at this address send far more than they may");
    else {
      const now = this.settings.now();
      client.rates.address?.take("packets", refusalPackets, now);
      if (this.common.ownsConnections && client.rates.mustPause(now)) this.congestion.stopReading(client);
      return false;
    }
    return true;
  }

  /** The other nodes of the cluster; undefined for a relay that is alone. */
  get nodes(): Nodes | undefined {
    return this.common.nodes;
  }

  /** The client of this id, whichever node has it. */
  find(id: string): Client | undefined {
    return this.registry.get(id) ?? this.replicas.get(id);
  }

  /** Tells the other nodes what has become of a client of this one. */
  tellNodes(message: ClientMessage): void {
    const { tenant } = this;
    this.nodes?.tell(tenant === undefined ? message : { tenant, ...message });
  }

  /** How many on another node subscribe to a topic. */
  setAbroad(topic: Topic, node: RemoteNode, count: number): void {
    topic.abroad ??= new Map<RemoteNode, number>();
    if (count > 0) topic.abroad.set(node, count);
    else topic.abroad.delete(node);
    this.subscriberCounts.changed(topic);
    this.topics.tidy(topic);
  }

  /** Tells the watchers how a client is now. The relay itself has to do with the clients of its own node alone. */
  tellPresence(client: Client): void {
    const watchers = this.watches.count(client.id);
    if (watchers === 0) return;
    this.charge(client, watchers);
    this.watches.tell(presenceOf(client), client.link.at === "abroad" ? this.local : undefined);
  }

  /**
   * Charges a client for notices it caused, as if they were packets of its own: nobody can use the relay as an amplifier. One cause costs
   * half a second's packets at most, so that being watched by many is no reason to be cut off.
   */
  charge(client: Client, notices: number): void {
    client.rates.take("packets", Math.min(notices, this.settings.limits.packetsPerSecond / 2), this.settings.now());
  }

  /** Tells all who have to do with a client that it is here again, or away. */
  tellState(client: Client): void {
    this.tellPresence(client);
    tellRooms(this, client);
    tellServices(this, client);
    tellTopics(this, client);
  }

  /** Takes a client that is gone out of everything, and tells all who had to do with it. */
  forget(client: Client, reason: GoneReason): void {
    leaveRooms(this, client, reason);
    leaveTopics(this, client, reason);
    withdrawAll(this, client);
    const except = client.link.at === "abroad" ? this.local : undefined;
    if (client.isAnnounced) this.watches.tell({ id: client.id, state: "gone", instance: client.instance, reason }, except);
    this.#tenants.tidySoon(this);
  }

  /** Leaves a client whose queue is over its budget out of room packets. */
  slow(line: Line): void {
    line.missedSince = this.rooms.tick;
    const link = line.client?.link;
    if (link?.at !== "here") return;
    this.background(link.socket.join(SLOW_ROOM));
    this.congestion.watchQueue(line);
  }

  /** Tells the senders of a client that reads again, and the client what it missed. */
  drained(line: Line): void {
    const { client, waiting = [] } = line;
    line.waiting = undefined;
    if (client?.link.at !== "here") return;
    this.background(client.link.socket.leave(SLOW_ROOM));
    for (const sender of waiting) sender.ready(client.id);
    sendMissedHeads(this, client, line);
  }

  /** Forgets everyone and everything, without a word to anyone. */
  clear(): void {
    this.registry.clear();
    this.replicas.clear();
    this.rooms.clear();
    this.watches.clear();
    this.services.clear();
    this.topics.clear();
    this.subscriberCounts.clear();
  }
}
