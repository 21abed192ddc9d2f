import { nameOfMember } from "./names.ts";
import { fieldsOf, isKey } from "./record.ts";

/** What people say about themselves; whether they are connected is another thing. */
export type Status = "here" | "busy" | "away";

export const statuses: readonly Status[] = ["here", "busy", "away"];

/** What somebody in a room tells about themselves: the metadata of its member. */
export interface MemberCard {
  readonly name: string;
  readonly status: Status;
  /** True while they type a line for the room. */
  readonly isTyping: boolean;
  /** Their peer's id while they are in the room's call: who calls under that id is proven by it. */
  readonly callId?: string | undefined;
}

/** Reads the metadata of a member; whatever is missing or wrong is as if nothing special was said. */
export function parseMemberCard(id: string, metadata: unknown): MemberCard {
  const { status, isTyping, callId } = fieldsOf(metadata) ?? {};
  return {
    name: nameOfMember(id, metadata),
    status: statuses.find((known) => known === status) ?? "here",
    isTyping: isTyping === true,
    ...(isKey(callId, 128) && { callId }),
  };
}
