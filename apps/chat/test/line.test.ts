import { expect, test } from "vitest";
import { groupEntries } from "../src/model/groups.ts";
import type { Entry } from "../src/model/line.ts";
import { append, emptyTalk, maxEntries } from "../src/model/talk.ts";

const said = (id: string, from: string, time: number): Entry => ({ kind: "said", id, from, name: from, text: id, time });
const joined = (id: string, time: number): Entry => ({ kind: "note", note: "joined", id, name: "Ada", time });
const minute = 60_000;
const dayOf = (time: number): string => String(Math.floor(time / (24 * 60 * minute)));

test.each([
  { name: "nothing", entries: [], groups: [] },
  { name: "one breath", entries: [said("1", "ada", 0), said("2", "ada", minute)], groups: ["said 1 2"] },
  { name: "two people", entries: [said("1", "ada", 0), said("2", "bob", 1), said("3", "ada", 2)], groups: ["said 1", "said 2", "said 3"] },
  { name: "a pause", entries: [said("1", "ada", 0), said("2", "ada", 5 * minute)], groups: ["said 1", "said 2"] },
  { name: "a note between", entries: [said("1", "ada", 0), joined("n", 1), said("2", "ada", 2)], groups: ["said 1", "note", "said 2"] },
  { name: "an earlier day", entries: [said("1", "ada", -minute), said("2", "bob", 0)], groups: ["day", "said 1", "day", "said 2"] },
])("$name is shown in groups", ({ entries, groups }) => {
  const shown = groupEntries(entries, { dayOf, today: "0" }).map((group) =>
    group.kind === "said" ? `said ${group.lines.map(({ id }) => id).join(" ")}` : group.kind,
  );

  expect(shown).toEqual(groups);
});

test("a conversation keeps the newest lines, within its limit", () => {
  let talk = emptyTalk;
  for (let n = 0; n < maxEntries + 5; n++) talk = append(talk, said(String(n), "ada", n), true);

  expect(talk.entries.length).toBeLessThanOrEqual(maxEntries);
  expect(talk.entries.length).toBeGreaterThan(maxEntries - 500);
  expect(talk.entries.at(-1)?.id).toBe(String(maxEntries + 4));
});

test("a line that is repeated is shown once, a line of the same id by somebody else is another", () => {
  const talk = [said("1", "ada", 0), said("1", "ada", 9), said("1", "bob", 0)].reduce((so, entry) => append(so, entry, false), emptyTalk);

  expect(talk.entries).toHaveLength(2);
  expect(talk.unread).toBe(2);
});
