import type { Delivery, Entry, Said } from "./line.ts";

/** One conversation: with everybody in the room, or with one person. */
export interface Talk {
  /** Oldest first. */
  readonly entries: readonly Entry[];
  /** Lines that came while nobody looked. */
  readonly unread: number;
  /** What is typed and not sent. */
  readonly draft: string;
}

/** Lines kept in one conversation; older ones are dropped. */
export const maxEntries = 1000;

/** Conversations kept; above it, the oldest with somebody who is gone is dropped. */
export const maxTalks = 200;

export const emptyTalk: Talk = { entries: [], unread: 0, draft: "" };

/** Adds an entry; one that is there already changes nothing. */
export function append(talk: Talk, entry: Entry, isSeen: boolean): Talk {
  if (talk.entries.some((known) => isSame(known, entry))) return talk;
  const entries = [...talk.entries, entry].slice(-maxEntries);
  const isNews = entry.kind === "said" && entry.delivery === undefined && !isSeen;
  return { ...talk, entries, unread: talk.unread + (isNews ? 1 : 0) };
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
