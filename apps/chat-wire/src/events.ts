/** The names of all that the chat's programs say to each other. */
export const CHAT = {
  /** Event to the room: a `WireLine`. */
  line: "line",
  /** Request to one person: a `WireLine`. The answer means that the other program has it. */
  whisper: "whisper",
  /** Event to the room or to one person: a `WireReaction`. */
  reaction: "reaction",
  /** Event to one person: `true` while something is typed for them, `false` when it is not any more. For rooms see `MemberCard`. */
  typing: "typing",
  /** Request to one person, answered at once: how long the way there and back takes. */
  ping: "ping",
  /** Request to a member of the room: a `HistoryRequest`, answered by a `HistoryPage`. */
  history: "history",
  /** Stream to whoever sent a line with a file; its metadata is a `FileRequest`. The other side sends the bytes from there on, then ends. */
  file: "file",
  /** Request to the relay: answered by `{ name, about }` if a program of the relay's answers `whisper`. */
  helper: "helper",
} as const;

/** The room of peers (`@peerloom/peer`) in which those of a chat room call each other. */
export function callRoom(room: string): string {
  return `call ${room}`;
}
