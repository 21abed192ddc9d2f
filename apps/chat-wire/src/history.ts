import { parseWireLine, type LineKey, type WireLine } from "./line.ts";
import { isEmoji } from "./reaction.ts";
import { fieldsOf, isKey, isTime } from "./record.ts";

/** Asks for lines of a room that were said before one came, newest first to be found, oldest first in the answer. */
export interface HistoryRequest {
  readonly room: string;
  /** The oldest line that is known; without it, the newest lines are asked for. */
  readonly before?: (LineKey & { readonly time: number }) | undefined;
}

/** A line as somebody remembers it. Its author is not proven: whoever answers could have made it up. */
export interface RememberedLine extends WireLine {
  readonly from: string;
  readonly reactions: readonly (readonly [emoji: string, from: readonly string[]])[];
}

export interface HistoryPage {
  /** Oldest first. */
  readonly lines: readonly RememberedLine[];
  /** True when there is more before these. */
  readonly hasMore: boolean;
}

/** Lines in one page. */
export const maxPageLines = 200;
/** Characters of text in one page, so that it fits into one message. */
export const maxPageLength = 60_000;
/** Different emoji on one line, and people behind one. */
export const maxEmojiPerLine = 12;
export const maxPeoplePerEmoji = 100;

export function parseHistoryRequest(value: unknown): HistoryRequest | undefined {
  const { room, before } = fieldsOf(value) ?? {};
  if (!isKey(room, 256)) return undefined;
  if (before === undefined || before === null) return { room };
  const { from, id, time } = fieldsOf(before) ?? {};
  return isKey(from, 128) && isKey(id) && isTime(time) ? { room, before: { from, id, time } } : undefined;
}

/** Checks a page that a member answered; lines that are none are left out. */
export function parseHistoryPage(value: unknown, now: number): HistoryPage | undefined {
  const { lines, hasMore } = fieldsOf(value) ?? {};
  if (!Array.isArray(lines)) return undefined;
  return {
    lines: lines.slice(0, maxPageLines).flatMap((line) => parseRemembered(line, now) ?? []),
    hasMore: hasMore === true && lines.length > 0,
  };
}

function parseRemembered(value: unknown, now: number): RememberedLine | undefined {
  const line = parseWireLine(value, now);
  const { from, reactions } = fieldsOf(value) ?? {};
  if (line === undefined || !isKey(from, 128)) return undefined;
  const listed: unknown[] = Array.isArray(reactions) ? reactions.slice(0, maxEmojiPerLine) : [];
  return { ...line, from, reactions: listed.flatMap((entry) => parseReactions(entry)) };
}

function parseReactions(value: unknown): [string, string[]][] {
  if (!Array.isArray(value)) return [];
  const [emoji, people] = value as unknown[];
  if (!isEmoji(emoji) || !Array.isArray(people)) return [];
  return [[emoji, people.slice(0, maxPeoplePerEmoji).filter((id): id is string => isKey(id, 128))]];
}
