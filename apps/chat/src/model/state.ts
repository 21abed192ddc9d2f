import type { LineKey, Quote, RememberedLine, Status, WireLine, WireReaction } from "@peerloom/app-chat-wire";
import type { Talk } from "./talk.ts";

/** Key of the conversation with everybody in the room; a conversation with one person has that person's id, which is never empty. */
export const ROOM = "";

export interface Person {
  readonly id: string;
  readonly name: string;
  /** `away`: the connection is lost and may come back. `gone`: not in the room, but there is a conversation. */
  readonly presence: "here" | "away" | "gone";
  /** What they say about themselves. */
  readonly status?: Status | undefined;
  /** They type for the room. */
  readonly isTyping?: boolean | undefined;
  /** They type for this page alone. */
  readonly isTypingToMe?: boolean | undefined;
  readonly isInCall?: boolean | undefined;
  /** Set for a program of the relay's that answers: what it is for. */
  readonly about?: string | undefined;
}

/** Before somebody is in a room. */
export interface Door {
  readonly at: "door";
  readonly name: string;
  readonly room: string;
  readonly problem?: string | undefined;
}

export interface Joining {
  readonly at: "joining";
  readonly name: string;
  readonly room: string;
  /** True when somebody was in already, before a reload or in another room. */
  readonly isReturn: boolean;
  readonly tries: number;
  readonly trouble?: string | undefined;
}

/** What is typed and not sent. */
export interface Draft {
  readonly text: string;
  /** The line that it will answer. */
  readonly reply?: Quote | undefined;
}

export interface InRoom {
  readonly at: "room";
  /** One's own id. */
  readonly me: string;
  readonly name: string;
  readonly room: string;
  readonly isOnline: boolean;
  readonly status: Status;
  /** Everybody but oneself. */
  readonly people: ReadonlyMap<string, Person>;
  readonly talks: ReadonlyMap<string, Talk>;
  /** Apart from the conversations, so that a key that is pressed changes nothing else. */
  readonly drafts: ReadonlyMap<string, Draft>;
  /** Lines of the room before the first one here: whether others remember more. */
  readonly earlier: "asking" | "more" | "none";
  /** Which conversation is shown. */
  readonly open: string;
  /** On a narrow screen: whether the list of people covers the conversation. */
  readonly isListShown: boolean;
  /** False while the page is in the background. */
  readonly isLooking: boolean;
}

export type State = Door | Joining | InRoom;

/** A member as the room's list has it. */
export interface ListedMember extends Person {
  readonly presence: "here" | "away";
}

/** What is kept of a stay over a reload of the page. */
export interface Kept {
  readonly open: string;
  readonly talks: ReadonlyMap<string, Talk>;
  readonly drafts: ReadonlyMap<string, Draft>;
  readonly names: ReadonlyMap<string, string>;
}

export type Input = PageInput | RoomInput;

/** What leads into a room and out of it. */
type PageInput =
  | { readonly type: "join"; readonly name: string; readonly room: string; readonly isReturn?: boolean }
  | { readonly type: "link"; readonly room: string }
  | { readonly type: "leave" }
  | { readonly type: "joined"; readonly id: string; readonly members: readonly ListedMember[]; readonly kept: Kept | undefined }
  | { readonly type: "refused"; readonly code: string; readonly message: string }
  | { readonly type: "closed"; readonly code: string; readonly message: string };

/** When something happened, and the id of the note about it. */
export interface Moment {
  readonly noteId: string;
  readonly time: number;
}

/** What happens in a room. */
export type RoomInput =
  // What somebody does.
  | { readonly type: "show"; readonly talk: string }
  | { readonly type: "show-list"; readonly isShown: boolean }
  | { readonly type: "look"; readonly isLooking: boolean }
  | { readonly type: "draft"; readonly talk: string; readonly text: string }
  | { readonly type: "answer"; readonly talk: string; readonly line: LineKey | undefined }
  | (Pick<WireLine, "id" | "text" | "time" | "file"> & { readonly type: "say"; readonly talk: string })
  | { readonly type: "retry"; readonly talk: string; readonly id: string; readonly time: number }
  | { readonly type: "react"; readonly talk: string; readonly line: LineKey; readonly emoji: string }
  | { readonly type: "status"; readonly status: Status }
  | { readonly type: "recall" }
  // What comes from the relay.
  | { readonly type: "connection"; readonly isOnline: boolean }
  | { readonly type: "helper"; readonly id: string; readonly name: string; readonly about: string }
  | ({ readonly type: "member"; readonly change: "join" | "update"; readonly member: ListedMember } & Moment)
  | ({ readonly type: "member-left"; readonly id: string } & Moment)
  | { readonly type: "heard"; readonly talk: string; readonly from: string; readonly line: WireLine }
  | { readonly type: "reacted"; readonly talk: string; readonly from: string; readonly reaction: WireReaction }
  | { readonly type: "typing"; readonly from: string; readonly isTyping: boolean }
  /** `isOlder`: what was asked for was said before a line that is here. */
  | { readonly type: "recalled"; readonly lines: readonly RememberedLine[]; readonly hasMore: boolean; readonly isOlder: boolean }
  | ({ readonly type: "gap"; readonly from: string; readonly missed: number } & Moment)
  | { readonly type: "delivered"; readonly talk: string; readonly id: string }
  | { readonly type: "undelivered"; readonly talk: string; readonly id: string; readonly code: string; readonly message: string }
  // What was asked for with a `wake` effect.
  | { readonly type: "wake"; readonly talk: string };

export type Effect =
  | { readonly do: "connect"; readonly id: string; readonly name: string; readonly room: string; readonly afterMs: number }
  | { readonly do: "disconnect" }
  /** To all in the room (`ROOM`) or to one person; answered by `delivered` or `undelivered`. */
  | { readonly do: "send"; readonly talk: string; readonly line: WireLine }
  | { readonly do: "react"; readonly talk: string; readonly reaction: WireReaction }
  | { readonly do: "typing"; readonly talk: string; readonly isTyping: boolean }
  | { readonly do: "status"; readonly status: Status }
  /** Asks a member for lines before this one, or for the newest; answered by `recalled`. */
  | { readonly do: "recall"; readonly before: (LineKey & { readonly time: number }) | undefined }
  /** Answered by `wake` after a while. */
  | { readonly do: "wake"; readonly talk: string; readonly afterMs: number };

export type Step<S extends State = State> = readonly [S, readonly Effect[]];
