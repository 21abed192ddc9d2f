import { keyOfEntry, type Entry, type Note, type Said } from "./line.ts";

/** What the log shows, from top to bottom: days, notes, and what one person said in one go. */
export type Group =
  | { readonly kind: "day"; readonly key: string; readonly time: number }
  /** From here on lines came to this page itself; those above are remembered by others. */
  | { readonly kind: "arrival"; readonly key: string }
  | { readonly kind: "note"; readonly key: string; readonly note: Note }
  | { readonly kind: "said"; readonly key: string; readonly lines: readonly Said[]; readonly isContinued: boolean };

/** A pause after which the author and the time are shown again. */
const pauseMs = 5 * 60_000;

export interface GroupOptions {
  /** Names the day of a time. */
  readonly dayOf: (time: number) => string;
  /** Days are only shown when there is more than today. */
  readonly today: string;
  /** What stands above these entries. */
  readonly before?: Entry | undefined;
}

/** Gathers entries into groups. */
export function groupEntries(entries: readonly Entry[], { dayOf, today, before }: GroupOptions): Group[] {
  const groups: Group[] = [];
  let last = before;
  let day = before === undefined ? today : dayOf(before.time);
  for (const entry of entries) {
    const key = keyOfEntry(entry);
    if (isArrival(last, entry)) groups.push({ kind: "arrival", key: `arrival ${key}` });
    if (dayOf(entry.time) !== day) {
      day = dayOf(entry.time);
      groups.push({ kind: "day", key: `day ${key}`, time: entry.time });
    }
    if (entry.kind === "note") groups.push({ kind: "note", key, note: entry });
    else addLine(groups, entry, last);
    last = entry;
  }
  return groups;
}

function isArrival(last: Entry | undefined, entry: Entry): boolean {
  return last?.kind === "said" && last.isRemembered === true && !(entry.kind === "said" && entry.isRemembered);
}

function addLine(groups: Group[], line: Said, before: Entry | undefined): void {
  const isSameBreath = before?.kind === "said" && before.from === line.from && Math.abs(line.time - before.time) < pauseMs;
  const last = groups.at(-1);
  if (isSameBreath && last?.kind === "said") groups[groups.length - 1] = { ...last, lines: [...last.lines, line] };
  else groups.push({ kind: "said", key: keyOfEntry(line), lines: [line], isContinued: isSameBreath && last === undefined });
}
