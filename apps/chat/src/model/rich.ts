import { isEmoji } from "@peerloom/app-chat-wire";

/** A part of a line as it is shown. */
export type Part =
  | { readonly kind: "text"; readonly text: string }
  /** An address that can be followed: http or https, nothing else. */
  | { readonly kind: "link"; readonly text: string; readonly href: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "block"; readonly text: string };

/** A fence of three ticks on both sides; one tick on both sides; an address. */
const marks = /```(?:[\w+-]*\n)?([\s\S]+?)\n?```|`([^`\n]+)`|(https?:\/\/[^\s<>"]+)/gu;

/** Finds code and links in a line. Everything else is text; nothing is ever markup. */
export function toParts(line: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const match of line.matchAll(marks)) {
    const [whole, block, code, address] = match;
    const part =
      block !== undefined ? blockPart(block) : code !== undefined ? { kind: "code" as const, text: code } : linkPart(address ?? "");
    if (part === undefined) continue;
    const isBlock = part.kind === "block";
    const before = line.slice(at, match.index);
    if (before !== "") parts.push({ kind: "text", text: isBlock ? before.replace(/\n$/u, "") : before });
    parts.push(part);
    at = match.index + (part.kind === "link" ? part.text.length : whole.length);
    if (isBlock && line[at] === "\n") at += 1;
  }
  if (at < line.length) parts.push({ kind: "text", text: line.slice(at) });
  return parts;
}

function blockPart(text: string): Part | undefined {
  return text.trim() === "" ? undefined : { kind: "block", text };
}

/** Marks at the end of an address belong to the sentence around it; a bracket only if it was not opened inside. */
function linkPart(address: string): Part | undefined {
  let end = address.length;
  let surplus = count(address, ")") - count(address, "(");
  for (; end > 0; end--) {
    const last = address[end - 1] ?? "";
    if (last === ")" && surplus > 0) surplus -= 1;
    else if (!endMarks.has(last)) break;
  }
  const text = address.slice(0, end);
  if (!URL.canParse(text)) return undefined;
  const { href, protocol, hostname } = new URL(text);
  return hostname !== "" && (protocol === "http:" || protocol === "https:") ? { kind: "link", text, href } : undefined;
}

const endMarks = new Set(".,;:!?'*_");

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** True for a line of one to three emoji and nothing else: it is shown large. */
export function isEmojiOnly(line: string): boolean {
  if (line.length > 60 || /[a-z]/iu.test(line)) return false;
  const characters = [...graphemes.segment(line.replaceAll(/\s/gu, ""))];
  return characters.length > 0 && characters.length <= 3 && characters.every(({ segment }) => isEmoji(segment));
}
