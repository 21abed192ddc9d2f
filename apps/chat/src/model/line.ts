import type { FileOffer, LineKey, Quote } from "@peerloom/app-chat-wire";

/** How one's own line fares. */
export type Delivery =
  /** On its way: kept here until the relay (room) or the person (private) has it. */
  | { readonly at: "sending"; readonly tries: number }
  /** Waits for the person to be back; for people to see, this is sending too. */
  | { readonly at: "held"; readonly tries: number }
  /** The relay has it, for everybody in the room. */
  | { readonly at: "sent" }
  /** The other page has it. */
  | { readonly at: "delivered" }
  | { readonly at: "failed"; readonly why: string };

/** Who put which emoji to a line, in the order in which the emoji came. */
export type Reactions = readonly (readonly [emoji: string, from: readonly string[]])[];

/** A line that somebody wrote. */
export interface Said extends LineKey {
  readonly kind: "said";
  /** The author's name when the line came. */
  readonly name: string;
  readonly text: string;
  /** Milliseconds since 1970, on the author's clock. */
  readonly time: number;
  /** Only of one's own lines. */
  readonly delivery?: Delivery | undefined;
  readonly reply?: Quote | undefined;
  readonly file?: FileOffer | undefined;
  readonly reactions?: Reactions | undefined;
  /** True for a line that another member remembers: nobody has proven who wrote it. */
  readonly isRemembered?: boolean | undefined;
}

/** Something that happened in a conversation. */
export interface Note {
  readonly kind: "note";
  readonly id: string;
  readonly note: "joined" | "left" | "gap";
  readonly name: string;
  readonly time: number;
  /** For `gap`: how many lines are lost. */
  readonly missed?: number | undefined;
}

export type Entry = Said | Note;

/** Names an entry among all of a conversation. */
export function keyOfEntry(entry: Entry): string {
  return entry.kind === "said" ? keyOfLine(entry) : `note ${entry.id}`;
}

export function keyOfLine({ from, id }: LineKey): string {
  return `said ${JSON.stringify([from, id])}`;
}
