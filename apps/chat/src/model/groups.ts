import type { Entry, Note, Said } from "./line.ts";

/** What the log shows, from top to bottom: days, notes, and what one person said in one go. */
export type Group =
  | { readonly kind: "day"; readonly key: string; readonly time: number }
  | { readonly kind: "note"; readonly key: string; readonly note: Note }
  | { readonly kind: "said"; readonly key: string; readonly first: Said; readonly lines: readonly Said[] };

/** A pause after which the author and the time are shown again. */
const pauseMs = 5 * 60_000;

/** Gathers entries into groups; `dayOf` names the day of a time, and days are only shown when there is more than today. */
export function groupEntries(entries: readonly Entry[], dayOf: (time: number) => string, today: string): Group[] {
  const groups: Group[] = [];
  let day = today;
  for (const entry of entries) {
    if (dayOf(entry.time) !== day) {
      day = dayOf(entry.time);
      groups.push({ kind: "day", key: `day ${entry.kind} ${entry.id}`, time: entry.time });
    }
    if (entry.kind === "note") groups.push({ kind: "note", key: `note ${entry.id}`, note: entry });
    else addLine(groups, entry);
  }
  return groups;
}

function addLine(groups: Group[], line: Said): void {
  const last = groups.at(-1);
  const before = last?.kind === "said" ? last.lines.at(-1) : undefined;
  const isSameBreath = before !== undefined && before.from === line.from && Math.abs(line.time - before.time) < pauseMs;
  if (last?.kind === "said" && isSameBreath) groups[groups.length - 1] = { ...last, lines: [...last.lines, line] };
  else groups.push({ kind: "said", key: `said ${line.from} ${line.id}`, first: line, lines: [line] });
}
