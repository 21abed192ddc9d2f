import type { Metadata } from "@peerloom/protocol";
import type { Client } from "./client.ts";
import type { RemoteNode } from "./cluster/remote-node.ts";
import type { Keys } from "./keys.ts";

/** A client in a room. */
export interface Membership {
  readonly client: Client;
  readonly room: Room;
  /** Number of the member's next frame to the room, as far as the relay knows. */
  head: number;
  /** The rooms' clock when `head` last moved. */
  tick: number;
  metadata: Metadata | undefined;
}

/** A room exists while it has members. */
export interface Room {
  readonly name: string;
  /** Its name among socket.io's rooms; the prefix keeps it apart from socket ids and from the relay's own rooms. */
  readonly key: string;
  readonly members: Map<string, Membership>;
  /** Nodes that have members of it, and how many; made when the first has. */
  abroad: Map<RemoteNode, number> | undefined;
  /** Resolves when it is known how far the members on other nodes have come. */
  asking: Promise<void> | undefined;
}

/** Who is in which room. Knows no sockets. */
export class Rooms {
  readonly #keys: Keys;
  readonly #rooms = new Map<string, Room>();
  #tick = 0;

  constructor(keys: Keys) {
    this.#keys = keys;
  }

  get size(): number {
    return this.#rooms.size;
  }

  /** A clock that moves each time a member publishes. */
  get tick(): number {
    return this.#tick;
  }

  get(name: string): Room | undefined {
    return this.#rooms.get(name);
  }

  values(): IterableIterator<Room> {
    return this.#rooms.values();
  }

  /** Adds a client that is not in the room. */
  add(client: Client, name: string, head: number, metadata: Metadata | undefined): Membership {
    const room = this.#rooms.get(name) ?? {
      name,
      key: this.#keys.room(name),
      members: new Map<string, Membership>(),
      abroad: undefined,
      asking: undefined,
    };
    const membership: Membership = { client, room, head, tick: ++this.#tick, metadata };
    this.#rooms.set(name, room);
    room.members.set(client.id, membership);
    client.rooms = (client.rooms ?? new Map<string, Membership>()).set(name, membership);
    if (client.link.at === "abroad") addTo(room, client.link.node, 1);
    return membership;
  }

  remove({ client, room }: Membership): void {
    client.rooms?.delete(room.name);
    room.members.delete(client.id);
    if (client.link.at === "abroad") addTo(room, client.link.node, -1);
    if (room.members.size === 0) this.#rooms.delete(room.name);
  }

  clear(): void {
    this.#rooms.clear();
  }

  /** A client that another node has now is counted there, in all its rooms. */
  count({ link, rooms }: Client): void {
    if (link.at === "abroad") for (const { room } of rooms?.values() ?? []) addTo(room, link.node, 1);
  }

  /** The node that has had it until now has it no more. */
  uncount({ link, rooms }: Client): void {
    if (link.at === "abroad") for (const { room } of rooms?.values() ?? []) addTo(room, link.node, -1);
  }

  /** Notes that the member's next frame will be `head`. */
  advance(membership: Membership, head: number): void {
    membership.head = head;
    membership.tick = this.advanceClock();
  }

  /** Something was published, here or in a topic. @returns the clock's new time. */
  advanceClock(): number {
    return (this.#tick += 1);
  }
}

function addTo(room: Room, node: RemoteNode, change: 1 | -1): void {
  room.abroad ??= new Map<RemoteNode, number>();
  const count = (room.abroad.get(node) ?? 0) + change;
  if (count > 0) room.abroad.set(node, count);
  else room.abroad.delete(node);
}

/** The memberships, other than its own, whose head moved in the client's rooms after `since`, oldest first. */
export function advancedSince(client: Client, since: number): Membership[] {
  const found: Membership[] = [];
  for (const { room } of client.rooms?.values() ?? []) {
    for (const member of room.members.values()) if (member.client !== client && member.tick > since) found.push(member);
  }
  return found.sort((a, b) => a.tick - b.tick);
}
