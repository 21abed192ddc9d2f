import { keyOfEntry, type Delivery, type Entry, type Said } from "./line.ts";

/** One conversation: with everybody in the room, or with one person. */
export interface Talk {
  /** Oldest first. */
  readonly entries: readonly Entry[];
  /** Lines that came while nobody looked. */
  readonly unread: number;
}

/** Lines kept in one conversation; older ones are dropped. */
export const maxEntries = 10_000;
/** So many are dropped at once, so that it need not be done for each line. */
const droppedAtOnce = 200;

/** Conversations kept; above it, the oldest with somebody who is gone is dropped. */
export const maxTalks = 200;

export const emptyTalk: Talk = { entries: [], unread: 0 };

/** Adds an entry; one that is there already changes nothing. */
export function append(talk: Talk, entry: Entry, isSeen: boolean): Talk {
  if (talk.entries.some((known) => isSame(known, entry))) return talk;
  const kept = talk.entries.length < maxEntries ? talk.entries : talk.entries.slice(talk.entries.length - maxEntries + droppedAtOnce);
  const isNews = entry.kind === "said" && entry.delivery === undefined && !isSeen;
  return { entries: [...kept, entry], unread: talk.unread + (isNews ? 1 : 0) };
}

/** Puts lines that somebody else remembers between those that are here, by their times; those that are here already stay as they are. */
export function mergeEarlier(talk: Talk, lines: readonly Said[]): Talk {
  const known = new Set(talk.entries.map(keyOfEntry));
  const fresh = lines.filter((line) => !known.has(keyOfEntry(line)));
  if (fresh.length === 0) return talk;
  const entries: Entry[] = [];
  let next = 0;
  for (const entry of talk.entries) {
    for (; next < fresh.length && (fresh[next]?.time ?? 0) < entry.time; next++) entries.push(fresh[next] as Said);
    entries.push(entry);
  }
  entries.push(...fresh.slice(next));
  return { ...talk, entries: entries.slice(-maxEntries) };
}

/** Adds a note; somebody who left and is back at once leaves no trace. */
export function noteArrival(talk: Talk, entry: Extract<Entry, { kind: "note" }>): Talk {
  const last = talk.entries.at(-1);
  const isReturn = entry.note === "joined" && last?.kind === "note" && last.note === "left" && last.name === entry.name;
  return isReturn ? { ...talk, entries: talk.entries.slice(0, -1) } : append(talk, entry, true);
}

/** One's own lines of which `matches` is true. */
export function ownLines(talk: Talk, matches: (delivery: Delivery) => boolean): Said[] {
  return talk.entries.filter((entry): entry is Said => entry.kind === "said" && entry.delivery !== undefined && matches(entry.delivery));
}

/** Changes one line. The same talk when nothing is changed. */
export function changeLine(talk: Talk, key: { readonly from: string; readonly id: string }, change: (line: Said) => Said): Talk {
  const at = talk.entries.findLastIndex((entry) => entry.kind === "said" && entry.id === key.id && entry.from === key.from);
  const line = talk.entries[at];
  if (line?.kind !== "said") return talk;
  const changed = change(line);
  return changed === line ? talk : { ...talk, entries: talk.entries.with(at, changed) };
}

/** Changes how some of one's own lines fare. */
export function redeliver(talk: Talk, change: (line: Said, delivery: Delivery) => Delivery): Talk {
  let isChanged = false;
  const entries = talk.entries.map((entry) => {
    if (entry.kind !== "said" || entry.delivery === undefined) return entry;
    const delivery = change(entry, entry.delivery);
    if (delivery === entry.delivery) return entry;
    isChanged = true;
    return { ...entry, delivery };
  });
  return isChanged ? { ...talk, entries } : talk;
}

/** Takes a line out and puts it behind all others. */
export function moveToEnd(talk: Talk, id: string, change: (line: Said) => Said): Talk {
  const line = ownLines(talk, () => true).find((own) => own.id === id);
  if (line === undefined) return talk;
  return { ...talk, entries: [...talk.entries.filter((entry) => entry !== line), change(line)] };
}

function isSame(one: Entry, other: Entry): boolean {
  if (one.id !== other.id || one.kind !== other.kind) return false;
  return one.kind === "note" || (other.kind === "said" && one.from === other.from);
}
