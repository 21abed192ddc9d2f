import type { Client, Sender } from "../client.ts";
import type { Core } from "../core.ts";
import { forwardPacket, openLink, sendPacket } from "../forward.ts";
import type { Outlet } from "../gather.ts";
import { SLOW_ROOM } from "../line.ts";
import { bodyBytes, cutBody } from "./frames.ts";
import { tellHeads } from "./heads.ts";
import type { Nodes } from "./nodes.ts";
import { confirmationFrame, packetFrame, roomFrame, signalFrame, type Parcel } from "./packets.ts";
import type { RemoteNode } from "./remote-node.ts";

type Of<T extends Parcel["type"]> = Extract<Parcel, { readonly type: T }>;

/** Packets that wait until it is known whether their receiver is new: so many, of so many bytes in all. */
const maxMissed = 4096;
const maxMissedBytes = 1024 * 1024;
/** Peers a sender is told `ready` for; beyond that it has to try. */
const maxRefused = 1024;

interface Missed {
  readonly core: Core;
  readonly sender: Client;
  readonly packet: readonly unknown[];
}

/** What clients send to clients, rooms and addresses of other nodes, and what comes from there. */
export class Parcels {
  readonly #nodes: Nodes;
  #missed: Missed[] = [];
  #missedBytes = 0;
  #isLooking = false;
  /** Whom to tell that the way to other nodes is free again. */
  readonly #waiting = new Map<Sender, Set<string>>();

  constructor(nodes: Nodes) {
    this.#nodes = nodes;
  }

  /** Sends a packet to the node that has its receiver. */
  forward(core: Core, sender: Client, node: RemoteNode, packet: readonly unknown[]): void {
    const [, to, serial, text, ...attachments] = packet as [string, string, number, string, ...Uint8Array[]];
    this.#push(node, packetFrame(core.tenant, to, sender.id, serial, [text, ...attachments]));
  }

  /** Is there so much on its way to the node that the packet must be refused? Then the sender is told when there is not. */
  isFull(sender: Sender, to: string, node: RemoteNode): boolean {
    if (!this.#isFull(node)) return false;
    const refused = this.#waiting.get(sender) ?? new Set<string>();
    this.#waiting.set(sender, refused);
    if (refused.size < maxRefused) refused.add(to);
    return true;
  }

  /** The way is free again, or there is none any more. */
  drained(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const [sender, peers] of waiting) for (const peer of peers) sender.ready(peer);
    for (const node of this.#nodes.values()) {
      if (!node.hasMissed || this.#isFull(node)) continue;
      node.hasMissed = false;
      if (!node.isLost) tellHeads(this.#nodes, node);
    }
  }

  /** Looks whether a node still confirms what it is sent. */
  look(node: RemoteNode): void {
    if (node.window.look()) this.drained();
  }

  /**
   * Keeps a packet to nobody that is known until all is here that was told before: its receiver may have been let in elsewhere just now.
   *
   * @returns false when there are too many such packets: then it is refused.
   */
  miss(core: Core, sender: Client, packet: readonly unknown[], bytes: number): boolean {
    if (this.#nodes.state !== "up" || this.#missed.length >= maxMissed || this.#missedBytes + bytes > maxMissedBytes) return false;
    this.#missed.push({ core, sender, packet });
    this.#missedBytes += bytes;
    if (!this.#isLooking) void this.#look();
    return true;
  }

  /** Sends packets to a room, or a topic's subscribers, on the nodes that have any. */
  publish(
    core: Core,
    { room }: Outlet,
    from: string,
    packets: readonly (readonly [number, string])[],
    attachments: readonly Uint8Array[],
  ): void {
    const target = core.topics.get(room) ?? core.rooms.get(room);
    if (target?.abroad === undefined || target.abroad.size === 0) return;
    const frame = roomFrame(core.tenant, room, from, packets, attachments);
    for (const node of target.abroad.keys()) {
      if (this.#isFull(node)) node.hasMissed = true;
      else if (!node.isLost) this.#push(node, frame);
    }
  }

  signal(key: string, address: string, from: string, bytes: Uint8Array): void {
    let frame: Uint8Array[] | undefined;
    for (const node of this.#nodes.values()) {
      if (node.isLost || !node.keys.has(key) || this.#isFull(node)) continue;
      frame ??= signalFrame(key, address, from, bytes);
      this.#push(node, frame);
    }
  }

  receive(node: RemoteNode, parcel: Parcel, body: Buffer): void {
    if (parcel.type === "k") return this.#confirmed(node, parcel.bytes);
    const taken = node.window.took(body.length);
    if (taken > 0) this.#nodes.outbox.push(node.id, confirmationFrame(taken));
    if (parcel.type === "s") return this.#signalled(node, parcel, body);
    const core = this.#nodes.spaces.find(parcel.tenant);
    if (core === undefined) return;
    switch (parcel.type) {
      case "p":
        return this.#received(core, node, parcel, body);
      case "r":
        return this.#published(core, node, parcel, body);
      case "u":
        return core.registry.get(parcel.to)?.refused(parcel.peer, parcel.code, parcel.serial);
      case "ready":
        return core.registry.get(parcel.to)?.ready(parcel.peer);
      default:
        return parcel satisfies never;
    }
  }

  clear(): void {
    this.#missed = [];
    this.#missedBytes = 0;
    this.#waiting.clear();
  }

  #isFull({ window }: RemoteNode): boolean {
    return this.#nodes.cluster.isFull || window.isFull(this.#nodes.size);
  }

  /** Counts what the other end counts when it takes it: bodies. */
  #push(node: RemoteNode, frame: readonly Uint8Array[]): void {
    node.window.sent(bodyBytes(frame));
    this.#nodes.outbox.push(node.id, frame);
  }

  #confirmed(node: RemoteNode, bytes: number): void {
    if (node.window.confirmed(bytes)) this.drained();
  }

  #received(core: Core, node: RemoteNode, { to, from, serial, sizes }: Of<"p">, body: Buffer): void {
    const parts = cutBody(body, sizes);
    const [text, ...attachments] = parts ?? [];
    if (text === undefined) return this.#nodes.malformed("a packet");
    // A node that was lost meanwhile, or lost this client, speaks for it no more.
    const sender = core.replicas.of(node, from);
    if (sender === undefined) return;
    const link = openLink(core, sender, core.registry.get(to), to, serial);
    if (link === undefined) return;
    core.counters.packets += 1;
    core.counters.bytes += body.length;
    sendPacket(link, from, text.toString(), attachments);
  }

  #published(core: Core, node: RemoteNode, { room, from, nexts, sizes }: Of<"r">, body: Buffer): void {
    const parts = cutBody(body, sizes);
    if (parts === undefined) return this.#nodes.malformed("a room packet");
    const target = core.topics.get(room) ?? core.rooms.get(room);
    const sender = core.replicas.of(node, from);
    if (target === undefined || (sender === undefined && from !== core.settings.relayId)) return;
    const place = sender?.publishes?.get(room) ?? sender?.rooms?.get(room);
    const last = nexts.at(-1) ?? 0;
    if (place !== undefined && last > place.head) {
      place.head = last;
      place.tick = core.rooms.advanceClock();
    }
    core.counters.roomPackets += nexts.length;
    core.counters.roomBytes += body.length;
    const texts = parts.slice(0, nexts.length).map((text) => text.toString());
    const others = core.namespace.local.to(target.key).except(SLOW_ROOM);
    if (nexts.length === 1) others.emit("r", room, from, last, texts[0], ...parts.slice(1));
    else others.emit("rs", room, from, ...nexts.flatMap((next, index) => [next, texts[index]]));
  }

  #signalled(node: RemoteNode, { key, address, from }: Of<"s">, body: Buffer): void {
    if (node.isLost) return;
    this.#nodes.common.namespace.local.to(key).except(SLOW_ROOM).emit("signal", address, from, body);
  }

  /** One question at a time: what comes while it is open waits for the next, since its receiver may have come after the question. */
  async #look(): Promise<void> {
    this.#isLooking = true;
    while (this.#missed.length > 0) {
      const missed = this.#missed;
      this.#missed = [];
      this.#missedBytes = 0;
      await this.#nodes.settled();
      for (const { core, sender, packet } of missed) this.#nodes.common.guard(() => forwardPacket(core, sender, packet, true));
    }
    this.#isLooking = false;
  }
}
