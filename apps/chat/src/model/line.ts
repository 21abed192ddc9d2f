/** How one's own line fares. */
export type Delivery =
  /** On its way: kept here until the relay (room) or the person (private) has it. */
  | { readonly at: "sending"; readonly tries: number }
  /** Waits for the person to be back; for people to see, this is sending too. */
  | { readonly at: "held"; readonly tries: number }
  | { readonly at: "sent" }
  | { readonly at: "failed"; readonly why: string };

/** A line that somebody wrote. */
export interface Said {
  readonly kind: "said";
  /** Chosen by its author; with the author's id it names the line, so that a repeated one is known. */
  readonly id: string;
  readonly from: string;
  /** The author's name when the line came. */
  readonly name: string;
  readonly text: string;
  /** Milliseconds since 1970, on the author's clock. */
  readonly time: number;
  /** Only of one's own lines. */
  readonly delivery?: Delivery | undefined;
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
