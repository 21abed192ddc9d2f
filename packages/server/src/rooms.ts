import type { Metadata } from "@peerloom/protocol";
import type { Client } from "./client.ts";
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
    const room = this.#rooms.get(name) ?? { name, key: this.#keys.room(name), members: new Map<string, Membership>() };
    const membership: Membership = { client, room, head, tick: ++this.#tick, metadata };
    this.#rooms.set(name, room);
    room.members.set(client.id, membership);
    client.rooms = (client.rooms ?? new Map<string, Membership>()).set(name, membership);
    return membership;
  }

  remove({ client, room }: Membership): void {
    client.rooms?.delete(room.name);
    room.members.delete(client.id);
    if (room.members.size === 0) this.#rooms.delete(room.name);
  }

  clear(): void {
    this.#rooms.clear();
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

/** The memberships, other than its own, whose head moved in the client's rooms after `since`, oldest first. */
export function advancedSince(client: Client, since: number): Membership[] {
  const found: Membership[] = [];
  for (const { room } of client.rooms?.values() ?? []) {
    for (const member of room.members.values()) if (member.client !== client && member.tick > since) found.push(member);
  }
  return found.sort((a, b) => a.tick - b.tick);
}
