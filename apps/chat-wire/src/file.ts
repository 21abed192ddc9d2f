import { fieldsOf, isKey } from "./record.ts";

/** A file that comes with a line: its author keeps it for whoever asks, by a stream of the name `CHAT.file`. */
export interface FileOffer {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Its media type as the author's system has it; a hint, nothing more. */
  readonly type: string;
}

/** What a stream of the name `CHAT.file` asks for. */
export interface FileRequest {
  /** The line's. */
  readonly id: string;
  /** The first byte wanted: what was there before a break need not come again. */
  readonly offset: number;
}

/** The longest name of a file, in characters. */
const maxFileNameLength = 200;

export function parseFileOffer(value: unknown): FileOffer | undefined {
  const { name, size, type } = fieldsOf(value) ?? {};
  if (typeof name !== "string" || !isSize(size)) return undefined;
  return { name: cleanFileName(name), size, type: typeof type === "string" && type.length <= 100 ? type : "" };
}

export function parseFileRequest(value: unknown): FileRequest | undefined {
  const { id, offset } = fieldsOf(value) ?? {};
  return isKey(id) && isSize(offset) ? { id, offset } : undefined;
}

/** A name that leads out of no folder and hides nothing: no separators, no control or direction characters, not only dots. */
export function cleanFileName(name: string): string {
  const last = name.split(/[/\\]/u).at(-1) ?? "";
  const clean = last.replaceAll(/[\p{Cc}\p{Cf}<>:"|?*]/gu, "").trim();
  const short = clean.length > maxFileNameLength ? shorten(clean) : clean;
  return /^\.*$/u.test(short) ? "file" : short;
}

/** Keeps the ending, by which systems know what a file is. */
function shorten(name: string): string {
  const ending = /\.[^.]{1,10}$/u.exec(name)?.[0] ?? "";
  return name.slice(0, maxFileNameLength - ending.length) + ending;
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
