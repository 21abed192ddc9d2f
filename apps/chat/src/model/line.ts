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

/** A line as it travels. */
export interface WireLine {
  readonly id: string;
  readonly text: string;
  readonly time: number;
  /** What the author calls itself; shown only if it fits the proven id. */
  readonly name: string;
}

/** The longest line that can be written, in characters. */
export const maxTextLength = 4000;

/** Checks a line that came from somebody; undefined when it is none. A clock that is ahead of ours does not make it newer than `now`. */
export function parseWireLine(value: unknown, now: number): WireLine | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { id, text, time, name } = value as Record<string, unknown>;
  if (typeof id !== "string" || id === "" || id.length > 64) return undefined;
  if (typeof text !== "string" || text.trim() === "" || text.length > maxTextLength) return undefined;
  if (typeof time !== "number" || !Number.isFinite(new Date(time).getTime())) return undefined;
  return { id, text, time: Math.min(time, now), name: typeof name === "string" ? name : "" };
}
