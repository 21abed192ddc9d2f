import type { PeerloomError } from "@peerloom/core";
import type { RoomMember } from "./room-roster.ts";

/** What a room itself tells, beside the events its members emit. */
export interface RoomSignalEvents {
  "member:join": RoomMember;
  /** Its metadata or state has changed. */
  "member:update": RoomMember;
  /** `reason`: `closed`, `timeout`, `replaced`, or none when it left the room. */
  "member:leave": RoomMember & { readonly reason?: string | undefined };
  /** So many events of this publisher are lost: they left its history before they could be replayed. */
  gap: { readonly from: string; readonly missed: number };
  /** This client is no longer in the room; `error` is missing after `leave()` and `close()`. */
  closed: { readonly error: PeerloomError | undefined };
}

export type RoomSignal = keyof RoomSignalEvents;

const names: { readonly [K in RoomSignal]: true } = {
  "member:join": true,
  "member:update": true,
  "member:leave": true,
  gap: true,
  closed: true,
};

/** Is the name one of the room's own, which members can not emit? */
export function isRoomSignal(name: string): name is RoomSignal {
  return Object.hasOwn(names, name);
}

/** Names that only a room itself may tell: its signals, and all that begin with `member:`. */
export function isReservedInRooms(name: string): boolean {
  return name.startsWith("member:") || isRoomSignal(name);
}
