import { nameOfMember } from "./names.ts";
import { fieldsOf } from "./record.ts";

/** What people say about themselves; whether they are connected is another thing. */
export type Status = "here" | "busy" | "away";

export const statuses: readonly Status[] = ["here", "busy", "away"];

/** What somebody in a room tells about themselves: the metadata of its member. */
export interface MemberCard {
  readonly name: string;
  readonly status: Status;
  /** True while they type a line for the room. */
  readonly isTyping: boolean;
  /** True while they are in the room's call. */
  readonly isInCall: boolean;
}

/** Reads the metadata of a member; whatever is missing or wrong is as if nothing special was said. */
export function parseMemberCard(id: string, metadata: unknown): MemberCard {
  const { status, isTyping, isInCall } = fieldsOf(metadata) ?? {};
  return {
    name: nameOfMember(id, metadata),
    status: statuses.find((known) => known === status) ?? "here",
    isTyping: isTyping === true,
    isInCall: isInCall === true,
  };
}
