import { parseFileOffer, type FileOffer } from "./file.ts";
import { fieldsOf, isKey, isTime } from "./record.ts";

/** Names a line: its author, proven, and the id its author gave it. */
export interface LineKey {
  readonly from: string;
  readonly id: string;
}

/** The line that another one answers, as its author saw it. */
export interface Quote extends LineKey {
  /** The author's name. */
  readonly name: string;
  /** How it begins. */
  readonly text: string;
}

/** A line as it travels. */
export interface WireLine {
  /** Chosen by its author; with the author's id it names the line, so that a repeated one is known. */
  readonly id: string;
  /** Empty only beside a file. */
  readonly text: string;
  /** Milliseconds since 1970, on the author's clock. */
  readonly time: number;
  /** What the author calls itself; shown only if it fits the proven id. */
  readonly name: string;
  readonly reply?: Quote | undefined;
  /** A file that the author keeps for whoever asks for it. */
  readonly file?: FileOffer | undefined;
}

/** The longest line that can be written, in characters. */
export const maxTextLength = 4000;
/** How much of a line is quoted, in characters. */
export const maxQuoteLength = 140;

/** Checks a line that came from somebody; undefined when it is none. A clock that is ahead of ours does not make it newer than `now`. */
export function parseWireLine(value: unknown, now: number): WireLine | undefined {
  const fields = fieldsOf(value);
  if (fields === undefined) return undefined;
  const { id, text, time, name } = fields;
  const file = parseFileOffer(fields["file"]);
  if (!isKey(id) || !isTime(time) || typeof text !== "string" || text.length > maxTextLength) return undefined;
  if (text.trim() === "" && file === undefined) return undefined;
  const reply = parseQuote(fields["reply"]);
  return {
    id,
    text,
    time: Math.min(time, now),
    name: typeof name === "string" ? name : "",
    ...(reply && { reply }),
    ...(file && { file }),
  };
}

/** Checks the name of a line. */
export function parseLineKey(value: unknown): LineKey | undefined {
  const { from, id } = fieldsOf(value) ?? {};
  return isKey(from, 128) && isKey(id) ? { from, id } : undefined;
}

function parseQuote(value: unknown): Quote | undefined {
  const key = parseLineKey(value);
  const { name, text } = fieldsOf(value) ?? {};
  if (key === undefined || typeof text !== "string" || typeof name !== "string") return undefined;
  return { ...key, name: name.slice(0, 128), text: text.slice(0, maxQuoteLength) };
}
