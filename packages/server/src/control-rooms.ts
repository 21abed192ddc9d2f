import { PeerloomError } from "@peerloom/core";
import type { ControlRequests } from "@peerloom/protocol";
import { mustAllow } from "./authorize.ts";
import { memberOf, type Client } from "./client.ts";
import { describePlace } from "./cluster/describe.ts";
import { refreshHeads } from "./cluster/heads.ts";
import { checkMetadataSize } from "./control-presence.ts";
import type { Core } from "./core.ts";
import { tellMembers } from "./room-notices.ts";
import type { Membership } from "./rooms.ts";

/**
 * Enters a room, or says anew how far one's own numbers have come. The answer names the other members.
 *
 * @throws PeerloomError `FORBIDDEN`, `LIMIT` (too many rooms, or members), `TOO_LARGE` (metadata), `ABORTED` when the client left meanwhile.
 */
export function join(core: Core, client: Client, request: ControlRequests["join"]): object | Promise<object> {
  checkMetadataSize(core, request.metadata);
  if (Buffer.byteLength(request.room) > core.settings.limits.nameBytes)
    throw new PeerloomError("TOO_LARGE", `a room name may have ${core.settings.limits.nameBytes} bytes`);
  checkRoomLimits(core, client, request.room);
  if (core.settings.authorize === undefined) return enter(core, client, request);
  return enterWhenAllowed(core, client, request);
}

async function enterWhenAllowed(core: Core, client: Client, request: ControlRequests["join"]): Promise<object> {
  const { room } = request;
  const ticket = Symbol(room);
  const joining = (client.joining ??= new Map<string, symbol>());
  joining.set(room, ticket);
  try {
    await mustAllow(core, { type: "join", from: client.id, room, claims: client.claims });
    if (joining.get(room) !== ticket || client.link.at === "gone")
      throw new PeerloomError("ABORTED", "the room was left before it was entered");
    checkRoomLimits(core, client, room);
    return enter(core, client, request);
  } finally {
    if (joining.get(room) === ticket) joining.delete(room);
  }
}

function tell(core: Core, membership: Membership, change: "join" | "update" | "leave"): void {
  const { client, room } = membership;
  if (change === "leave") core.tellNodes({ type: "left", id: client.id, room: room.name });
  else core.tellNodes({ type: "member", id: client.id, place: describePlace(membership) });
  tellMembers(core, membership, change, change === "leave" ? "left" : undefined);
  core.charge(membership.client, membership.room.members.size);
}

function checkRoomLimits(core: Core, client: Client, name: string): void {
  if (client.rooms?.has(name)) return;
  const { roomsPerClient, membersPerRoom } = core.settings.limits;
  const { rooms, joining } = client;
  const waiting = joining === undefined ? 0 : joining.size - (joining.has(name) ? 1 : 0);
  if ((rooms?.size ?? 0) + waiting >= roomsPerClient) throw new PeerloomError("LIMIT", `a client may be in ${roomsPerClient} rooms`);
  const members = core.rooms.get(name)?.members.size ?? 0;
  if (members >= membersPerRoom) throw new PeerloomError("LIMIT", `a room may have ${membersPerRoom} members`);
}

function enter(core: Core, client: Client, { room: name, head, metadata }: ControlRequests["join"]): object | Promise<object> {
  const known = client.rooms?.get(name);
  const membership = known ?? core.rooms.add(client, name, head, metadata);
  if (known !== undefined) renew(core, known, head, metadata);
  else tell(core, membership, "join");
  const refreshed = refreshHeads(core, membership.room);
  if (refreshed === undefined) return admitTo(core, membership);
  return refreshed.then(() => {
    if (client.rooms?.get(name) !== membership) throw new PeerloomError("ABORTED", "the room was left before it was entered");
    return admitTo(core, membership);
  });
}

/** From now on the member hears the room; how far the others have come until now is in the answer. */
function admitTo(core: Core, membership: Membership): object {
  const { client } = membership;
  if (client.link.at === "here") core.background(client.link.socket.join(membership.room.key));
  const others = [...membership.room.members.values()].filter((member) => member !== membership);
  return { members: others.map(memberOf) };
}

/** A member that joins again: a client that reconnects repeats its joins, and may have published what never came through. */
function renew(core: Core, membership: Membership, head: number, metadata: ControlRequests["join"]["metadata"]): void {
  const isSame = membership.head === head && JSON.stringify(membership.metadata) === JSON.stringify(metadata);
  if (isSame) return;
  membership.metadata = metadata;
  core.rooms.advance(membership, head);
  tell(core, membership, "update");
}

export function leave(core: Core, client: Client, { room: name }: ControlRequests["leave"]): object {
  client.joining?.delete(name);
  const membership = client.rooms?.get(name);
  if (membership === undefined) return {};
  if (client.link.at === "here") core.background(client.link.socket.leave(membership.room.key));
  core.rooms.remove(membership);
  tell(core, membership, "leave");
  return {};
}

/** Replaces a member's metadata in a room. @throws PeerloomError `NOT_A_MEMBER`, `TOO_LARGE`. */
export function setMember(core: Core, client: Client, { room, metadata }: ControlRequests["member"]): object {
  checkMetadataSize(core, metadata);
  const membership = client.rooms?.get(room);
  if (membership === undefined) throw new PeerloomError("NOT_A_MEMBER", "only a member has metadata in a room");
  membership.metadata = metadata;
  tell(core, membership, "update");
  return {};
}
