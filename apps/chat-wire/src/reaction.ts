import { parseLineKey, type LineKey } from "./line.ts";
import { fieldsOf } from "./record.ts";

/** Somebody puts an emoji to a line, or takes it away. */
export interface WireReaction {
  readonly line: LineKey;
  readonly emoji: string;
  readonly isOn: boolean;
}

/** The longest emoji: families of four with skin tones take about so many UTF-16 units. */
const maxEmojiLength = 32;

/** Making one takes longer than a hundred uses of it. */
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Checks a reaction that came from somebody; undefined when it is none. */
export function parseWireReaction(value: unknown): WireReaction | undefined {
  const { line, emoji, isOn } = fieldsOf(value) ?? {};
  const key = parseLineKey(line);
  return key !== undefined && isEmoji(emoji) && typeof isOn === "boolean" ? { line: key, emoji, isOn } : undefined;
}

/** True for one emoji, as people count. */
export function isEmoji(value: unknown): value is string {
  if (typeof value !== "string" || value.length > maxEmojiLength) return false;
  if (!/\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(value)) return false;
  return [...graphemes.segment(value)].length === 1;
}
