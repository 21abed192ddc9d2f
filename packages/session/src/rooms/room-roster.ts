import type { Member, Metadata } from "@peerloom/protocol";
import type { Replay } from "./replay.ts";
import type { RoomEvent, RoomPacket } from "./room-packet.ts";
import { RoomSubscriber, type SubscriberEffect } from "./room-subscriber.ts";

/** Another member of a room. */
export interface RoomMember {
  readonly id: string;
  readonly instance: string;
  /** `away`: its connection is lost and it may come back. */
  readonly state: "here" | "away";
  readonly metadata: Metadata | undefined;
}

export type MemberChange = "join" | "update" | "leave";

/** What the owner of a roster has to do, in this order. */
export type RosterEffect =
  | { readonly do: "deliver"; readonly from: string; readonly events: readonly RoomEvent[] }
  | { readonly do: "gap"; readonly from: string; readonly missed: number }
  /** Ask member `to` for a replay; answer with `answered`, `retry` or `giveUp`. */
  | { readonly do: "ask"; readonly to: string; readonly instance: string; readonly from: number }
  | { readonly do: "tell"; readonly change: MemberChange; readonly member: RoomMember; readonly reason?: string | undefined }
  /** The relay no longer lists this member: call `expire` when it has not come back after the session timeout. */
  | { readonly do: "await"; readonly id: string }
  /** The member is listed again, or gone: the wait is over. */
  | { readonly do: "found"; readonly id: string };

interface Entry {
  readonly member: RoomMember;
  readonly subscriber: RoomSubscriber;
}

/** Members timed out of the room whose place is remembered: they may only have been cut off for too long. */
const maxPast = 1024;

/** Who else is in a room and what has come from each, without I/O and time. */
export class RoomRoster {
  readonly #heldBytes: number;
  readonly #members = new Map<string, RoomMember>();
  readonly #subscribers = new Map<string, RoomSubscriber>();
  readonly #past = new Map<string, Entry>();

  constructor(heldBytes: number) {
    this.#heldBytes = heldBytes;
  }

  /** The others, by id; always current. */
  get members(): ReadonlyMap<string, RoomMember> {
    return this.#members;
  }

  /** The relay's list after joining or rejoining. Members it does not list are away until `expire`: a relay that restarted knows nobody. */
  reconcile(members: readonly Member[]): RosterEffect[] {
    const listed = new Set(members.map((member) => member.id));
    const effects = members.flatMap((member) => this.notice("join", member));
    for (const [id, member] of this.#members) {
      if (!listed.has(id)) effects.push(...this.#update({ ...member, state: "away" }), { do: "await", id });
    }
    return effects;
  }

  /** One member changed. */
  notice(change: MemberChange, member: Member, reason?: string): RosterEffect[] {
    const known = this.#entry(member.id);
    if (change === "leave") return known?.member.instance === member.instance ? this.#remove(known, member.head, reason) : [];
    if (known === undefined) return this.#add(member);
    if (known.member.instance !== member.instance) return [...this.#remove(known, 0, "replaced"), ...this.#add(member)];
    const told = this.#update(toRoomMember(member));
    return [{ do: "found", id: member.id }, ...told, ...toEffects(known.member, known.subscriber.announce(member.head))];
  }

  /** Takes a packet that is the next of a member of whom nothing is missing. @returns whether it was, and is to be delivered. */
  accept(from: string, packet: RoomPacket): boolean {
    return this.#members.get(from)?.instance === packet.instance && this.#subscribers.get(from)?.accept(packet) === true;
  }

  /** A packet that `from` published. Somebody who is no member is heard too, where the relay lets outsiders emit, but cannot be asked. */
  receive(from: string, packet: RoomPacket): RosterEffect[] {
    const entry = this.#entry(from);
    if (entry?.member.instance === packet.instance) return toEffects(entry.member, entry.subscriber.receive(packet));
    return entry === undefined && packet.events.length > 0 ? [{ do: "deliver", from, events: packet.events }] : [];
  }

  /** Member `id` answered a replay request made of its instance. */
  answered(id: string, instance: string, replay: Replay): RosterEffect[] {
    return this.#on(id, instance, (subscriber) => subscriber.answer(replay));
  }

  /** The replay request failed for now. */
  retry(id: string, instance: string): RosterEffect[] {
    return this.#on(id, instance, (subscriber) => subscriber.retry());
  }

  /** The replay request failed for good. */
  giveUp(id: string, instance: string): RosterEffect[] {
    return this.#on(id, instance, (subscriber) => subscriber.giveUp());
  }

  /** The wait for a member that the relay no longer lists is over. */
  expire(id: string): RosterEffect[] {
    const entry = this.#entry(id);
    return entry === undefined ? [] : this.#remove(entry, 0, "timeout");
  }

  clear(): void {
    this.#members.clear();
    this.#subscribers.clear();
    this.#past.clear();
  }

  #entry(id: string): Entry | undefined {
    const member = this.#members.get(id);
    const subscriber = this.#subscribers.get(id);
    return member && subscriber && { member, subscriber };
  }

  #on(id: string, instance: string, run: (subscriber: RoomSubscriber) => SubscriberEffect[]): RosterEffect[] {
    const entry = this.#entry(id);
    return entry?.member.instance === instance ? toEffects(entry.member, run(entry.subscriber)) : [];
  }

  /** A member that had timed out goes on where it was cut off; any other starts at its head. */
  #add(listed: Member): RosterEffect[] {
    const past = this.#past.get(listed.id);
    this.#past.delete(listed.id);
    const isBack = past?.member.instance === listed.instance && past.subscriber.expected <= listed.head;
    const subscriber = new RoomSubscriber(isBack ? past.subscriber.expected : listed.head, this.#heldBytes);
    const member = toRoomMember(listed);
    this.#members.set(member.id, member);
    this.#subscribers.set(member.id, subscriber);
    return [{ do: "tell", change: "join", member }, ...toEffects(member, subscriber.announce(listed.head))];
  }

  #update(member: RoomMember): RosterEffect[] {
    const known = this.#members.get(member.id);
    if (known === undefined || isSame(known, member)) return [];
    this.#members.set(member.id, Object.freeze(member));
    return [{ do: "tell", change: "update", member }];
  }

  /** What it still owed is lost with it. */
  #remove(entry: Entry, head: number, reason: string | undefined): RosterEffect[] {
    const { member, subscriber } = entry;
    subscriber.announce(head);
    const lost = toEffects(member, subscriber.giveUp());
    this.#members.delete(member.id);
    this.#subscribers.delete(member.id);
    if (reason === "timeout") this.#remember(entry);
    return [...lost, { do: "found", id: member.id }, { do: "tell", change: "leave", member, reason }];
  }

  #remember(entry: Entry): void {
    const [oldest] = this.#past.keys();
    if (this.#past.size >= maxPast && oldest !== undefined) this.#past.delete(oldest);
    this.#past.set(entry.member.id, entry);
  }
}

function toEffects({ id, instance }: RoomMember, effects: readonly SubscriberEffect[]): RosterEffect[] {
  return effects.map((effect): RosterEffect => {
    switch (effect.do) {
      case "deliver":
        return { do: "deliver", from: id, events: effect.events };
      case "gap":
        return { do: "gap", from: id, missed: effect.missed };
      case "ask":
        return { do: "ask", to: id, instance, from: effect.from };
    }
  });
}

function toRoomMember({ id, instance, state, metadata }: Member): RoomMember {
  return Object.freeze({ id, instance, state, metadata });
}

function isSame(one: RoomMember, other: RoomMember): boolean {
  return one.state === other.state && JSON.stringify(one.metadata) === JSON.stringify(other.metadata);
}
