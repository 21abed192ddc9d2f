import { maxEmojiPerLine, maxPageLength, maxPageLines, maxPeoplePerEmoji } from "@peerloom/app-chat-wire";
import type { HistoryPage, HistoryRequest, RememberedLine, WireLine, WireReaction } from "@peerloom/app-chat-wire";

const maxLines = 500;

/** What was said in a room, oldest first, for those who come later. */
export type Memory = readonly RememberedLine[];

/** Remembers a line, unless it is known; the oldest is forgotten when there are too many. */
export function remember(memory: Memory, from: string, line: WireLine): Memory {
  if (memory.some((known) => known.id === line.id && known.from === from)) return memory;
  return [...memory, { ...line, from, reactions: [] }].slice(-maxLines);
}

/** Puts what somebody else remembers before what is known here. @returns what was new in it, too. */
export function recall(memory: Memory, lines: Memory): readonly [Memory, Memory] {
  const fresh = lines.filter((line) => !memory.some((known) => known.id === line.id && known.from === line.from));
  return [[...fresh, ...memory].slice(-maxLines), fresh];
}

/** Somebody puts an emoji to a line, or takes it away. */
export function react(memory: Memory, from: string, { line, emoji, isOn }: WireReaction): Memory {
  return memory.map((known) => (known.id === line.id && known.from === line.from ? withReaction(known, from, emoji, isOn) : known));
}

function withReaction(line: RememberedLine, from: string, emoji: string, isOn: boolean): RememberedLine {
  const others = line.reactions.find(([known]) => known === emoji)?.[1].filter((id) => id !== from) ?? [];
  const people = isOn ? [...others, from].slice(-maxPeoplePerEmoji) : others;
  const rest = line.reactions.filter(([known]) => known !== emoji);
  const mayAdd = people.length > 0 && rest.length < maxEmojiPerLine;
  return { ...line, reactions: mayAdd ? [...rest, [emoji, people]] : rest };
}

/** The newest lines before the one that is asked for, as many as fit into a message. */
export function pageOf(memory: Memory, { before }: HistoryRequest): HistoryPage {
  const known = before === undefined ? -1 : memory.findIndex((line) => line.id === before.id && line.from === before.from);
  const later = before === undefined || known >= 0 ? -1 : memory.findIndex((line) => line.time >= before.time);
  const end = [known, later].find((index) => index >= 0) ?? memory.length;
  const lines: RememberedLine[] = [];
  let length = 0;
  for (const line of memory.slice(0, end).toReversed()) {
    length += line.text.length;
    if (lines.length >= maxPageLines || (length > maxPageLength && lines.length > 0)) break;
    lines.push(line);
  }
  return { lines: lines.toReversed(), hasMore: lines.length < end };
}
