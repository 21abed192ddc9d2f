import type { Notice } from "@peerloom/protocol";
import { memberOf, type Client } from "./client.ts";
import type { Core } from "./core.ts";
import type { Line } from "./line.ts";
import type { GoneReason } from "./registry.ts";
import { advancedSince, type Membership } from "./rooms.ts";
import { publishedSince, publisherOf } from "./topics.ts";

/** Tells the other members of a room about one of them. */
export function tellMembers(core: Core, membership: Membership, change: "join" | "update" | "leave", reason?: string): void {
  const { client, room } = membership;
  const notice: Notice = { type: "member", room: room.name, change, member: memberOf(membership), ...(reason !== undefined && { reason }) };
  const others = client.link.at === "here" ? client.link.socket.local.to(room.key) : core.namespace.local.to(room.key);
  core.guard(() => others.emit("notify", notice));
}

/** Tells all rooms of a client that it is here again, or away. */
export function tellRooms(core: Core, client: Client): void {
  if (client.rooms === undefined) return;
  let notices = 0;
  for (const membership of client.rooms.values()) {
    tellMembers(core, membership, "update");
    notices += membership.room.members.size;
  }
  core.charge(client, notices);
}

/** Takes a client that is gone out of its rooms. */
export function leaveRooms(core: Core, client: Client, reason: GoneReason): void {
  for (const membership of [...(client.rooms?.values() ?? [])]) {
    core.rooms.remove(membership);
    tellMembers(core, membership, "leave", reason);
  }
}

/**
 * Tells a client whose queue was full how far the publishers in its rooms have come, so that it asks them for what it missed. When
 * that fills the queue again, the rest follows when it has drained again.
 */
export function sendMissedHeads(core: Core, client: Client, line: Line): void {
  const rooms = advancedSince(client, line.missedSince).map((membership) => ({
    tick: membership.tick,
    room: membership.room.name,
    member: memberOf(membership),
  }));
  const topics = publishedSince(client, line.missedSince).map((publication) => ({
    tick: publication.tick,
    room: publication.topic.room,
    member: publisherOf(publication),
  }));
  for (const { tick, room, member } of [...rooms, ...topics].sort((a, b) => a.tick - b.tick)) {
    client.notify({ type: "member", room, change: "update", member });
    if (!line.isSlow) continue;
    line.missedSince = tick;
    return;
  }
}
