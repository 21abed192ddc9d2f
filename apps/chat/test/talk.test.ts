import type { RememberedLine } from "@peerloom/app-chat-wire";
import { expect, test } from "vitest";
import { listPeople, typists, waitingCount } from "../src/model/people.ts";
import { pageOf } from "../src/model/recall.ts";
import { ROOM, type Input } from "../src/model/state.ts";
import { emptyTalk } from "../src/model/talk.ts";
import { adaWithBob, bob, heard, offline, Page, say } from "./page.ts";

const remembered = (from: string, id: string, time: number): RememberedLine => ({
  from,
  id,
  name: from,
  text: `line ${id}`,
  time,
  reactions: [],
});
const card = (change: object): Input => ({
  type: "member",
  change: "update",
  member: { id: "bob", name: "Bob", presence: "here", ...change },
  noteId: "n",
  time: 0,
});

test("whoever joins a room with people in it asks what was said", () => {
  const page = new Page().tell({ type: "join", name: "Ada", room: "lobby" });
  page.takeEffects();
  page.tell({ type: "joined", id: "ada", members: [{ id: "bob", name: "Bob", presence: "here" }], kept: undefined });

  expect(page.takeEffects()).toEqual([{ do: "recall", before: undefined }]);
  expect(page.room.earlier).toBe("asking");
});

test("what others remember stands above what came, each line once and by its time", () => {
  const page = adaWithBob().tell(heard(ROOM, "bob", "3"));
  page.tell({
    type: "recalled",
    lines: [remembered("eve", "1", -2), remembered("ada", "2", -1), remembered("bob", "3", 0)],
    hasMore: true,
    isOlder: false,
  });

  expect(page.lines(ROOM)).toEqual(["eve: line 1", "line 2 (sent)", "Bob: line 3"]);
  expect(page.room.talks.get(ROOM)?.unread).toBe(0);
  expect(page.room.earlier).toBe("more");

  page.takeEffects();
  page.tell({ type: "recall" });
  expect(page.takeEffects()).toEqual([{ do: "recall", before: { from: "eve", id: "1", time: -2 } }]);
});

test("nobody can make up a name in what they remember", () => {
  const page = adaWithBob().tell({
    type: "recalled",
    lines: [{ ...remembered("eve", "1", 0), name: "Bob" }],
    hasMore: false,
    isOlder: false,
  });

  expect(page.lines(ROOM)).toEqual(["eve: line 1"]);
});

test("a page of history ends before the line that is known, and has no failed lines", () => {
  const page = adaWithBob().tell(heard(ROOM, "bob", "1"), say(ROOM, "2"), heard(ROOM, "bob", "3"));
  page.tell({ type: "undelivered", talk: ROOM, id: "2", code: "OVERFLOW", message: "" });
  const talk = page.room.talks.get(ROOM) ?? emptyTalk;

  expect(pageOf(talk, { room: "lobby" }).lines.map(({ id }) => id)).toEqual(["1", "3"]);
  expect(pageOf(talk, { room: "lobby", before: { from: "bob", id: "3", time: 0 } })).toMatchObject({
    lines: [{ id: "1" }],
    hasMore: false,
  });
  expect(pageOf(talk, { room: "lobby", before: { from: "nobody", id: "9", time: 9 } }).lines).toHaveLength(2);
});

test("a long history comes in pages", () => {
  const page = adaWithBob();
  for (let n = 0; n < 450; n++) page.tell(heard(ROOM, "bob", String(n)));
  const talk = page.room.talks.get(ROOM) ?? emptyTalk;

  const first = pageOf(talk, { room: "lobby" });
  const oldest = first.lines[0];

  expect(first).toMatchObject({ hasMore: true });
  expect(first.lines).toHaveLength(200);
  expect(pageOf(talk, { room: "lobby", before: { from: "bob", id: oldest?.id ?? "", time: 0 } }).lines.at(-1)?.id).toBe("249");
});

test("an answer carries how the line begins that it answers", () => {
  const page = adaWithBob().tell(heard(ROOM, "bob", "1"));
  page.tell({ type: "answer", talk: ROOM, line: { from: "bob", id: "1" } });
  expect(page.room.drafts.get(ROOM)?.reply).toEqual({ from: "bob", id: "1", name: "Bob", text: "line 1" });

  page.tell(say(ROOM, "2"));

  expect(page.takeEffects()).toEqual([
    {
      do: "send",
      talk: ROOM,
      line: { id: "2", text: "line 2", time: 0, name: "Ada", reply: { from: "bob", id: "1", name: "Bob", text: "line 1" } },
    },
  ]);
  expect(page.room.drafts.size).toBe(0);
});

test("a reaction is put, counted once for each person, and taken away", () => {
  const line = { from: "bob", id: "1" };
  const page = adaWithBob().tell(heard(ROOM, "bob", "1"));
  const reactions = (): unknown => {
    const [entry] = page.room.talks.get(ROOM)?.entries ?? [];
    return entry?.kind === "said" ? entry.reactions : undefined;
  };

  page.tell({ type: "react", talk: ROOM, line, emoji: "👍" });
  for (const from of ["bob", "bob"]) page.tell({ type: "reacted", talk: ROOM, from, reaction: { line, emoji: "👍", isOn: true } });
  expect(reactions()).toEqual([["👍", ["ada", "bob"]]]);
  expect(page.takeEffects()).toEqual([{ do: "react", talk: ROOM, reaction: { line, emoji: "👍", isOn: true } }]);

  page.tell(
    { type: "react", talk: ROOM, line, emoji: "👍" },
    { type: "reacted", talk: ROOM, from: "bob", reaction: { line, emoji: "👍", isOn: false } },
  );
  expect(reactions()).toEqual([]);
});

test("a line has only so many different emoji", () => {
  const line = { from: "bob", id: "1" };
  const page = adaWithBob().tell(heard(ROOM, "bob", "1"));
  const emoji = Array.from({ length: 30 }, (_, n) => String.fromCodePoint(0x1f600 + n));

  for (const one of emoji) page.tell({ type: "reacted", talk: ROOM, from: "bob", reaction: { line, emoji: one, isOn: true } });

  const [entry] = page.room.talks.get(ROOM)?.entries ?? [];
  expect(entry?.kind === "said" && entry.reactions).toHaveLength(12);
});

test("a file is a line of its own, and leaves what is typed", () => {
  const file = { name: "tea.png", size: 3, type: "image/png" };
  const page = adaWithBob().tell({ type: "draft", talk: ROOM, text: "half" });
  page.takeEffects();

  page.tell({ type: "say", talk: ROOM, id: "1", text: "", time: 0, file });

  expect(page.takeEffects()).toEqual([{ do: "send", talk: ROOM, line: { id: "1", text: "", time: 0, name: "Ada", file } }]);
  expect(page.room.drafts.get(ROOM)?.text).toBe("half");
});

test("keys that are pressed tell that somebody types, and change no conversation", () => {
  const page = adaWithBob();
  const { talks, people } = page.room;

  page.tell({ type: "draft", talk: "bob", text: "h" }, { type: "draft", talk: "bob", text: "" });

  expect(page.takeEffects()).toEqual([
    { do: "typing", talk: "bob", isTyping: true },
    { do: "typing", talk: "bob", isTyping: false },
  ]);
  expect(page.room.talks).toBe(talks);
  expect(page.room.people).toBe(people);
});

test("who types is shown in the conversation they type for", () => {
  const page = adaWithBob().tell(card({ isTyping: true }));
  expect(typists(page.room)).toMatchObject([{ id: "bob" }]);
  expect(typists({ ...page.room, open: "bob" })).toEqual([]);

  page.tell({ type: "typing", from: "bob", isTyping: true });
  expect(typists({ ...page.room, open: "bob" })).toMatchObject([{ id: "bob" }]);

  page.tell(heard("bob", "bob", "1"));
  expect(typists({ ...page.room, open: "bob" })).toEqual([]);
});

test("what people say about themselves is shown, and told", () => {
  const page = adaWithBob().tell(card({ status: "busy", isInCall: true }), { type: "status", status: "away" });

  expect(listPeople(page.room).members).toMatchObject([{ status: "busy", isInCall: true }]);
  expect(page.takeEffects()).toEqual([{ do: "status", status: "away" }]);
  expect(page.room.status).toBe("away");
});

test("lines that wait are counted", () => {
  const page = adaWithBob().tell(bob("away"), offline, say(ROOM, "1"), say("bob", "2"));

  expect(waitingCount(page.room)).toBe(2);
});

test("a quote is shown as the line is known here, whatever its author makes of it", () => {
  const page = adaWithBob().tell(heard(ROOM, "bob", "1"));
  const reply = { from: "bob", id: "1", name: "Bob", text: "made up" };
  page.tell({ type: "heard", talk: ROOM, from: "eve", line: { id: "2", text: "oh", time: 0, name: "", reply } });
  page.tell({ type: "heard", talk: ROOM, from: "eve", line: { id: "3", text: "oh", time: 0, name: "", reply: { ...reply, id: "old" } } });

  const quotes = page.room.talks.get(ROOM)?.entries.map((entry) => (entry.kind === "said" ? entry.reply?.text : undefined));
  expect(quotes).toEqual([undefined, "line 1", "made up"]);
});

test("strangers who react or type begin no conversation", () => {
  const page = adaWithBob();
  const { talks, people } = page.room;

  page.tell(
    { type: "reacted", talk: "eve", from: "eve", reaction: { line: { from: "ada", id: "1" }, emoji: "👍", isOn: true } },
    { type: "typing", from: "eve", isTyping: true },
  );

  expect(page.room.talks).toBe(talks);
  expect(page.room.people).toBe(people);
});

test("whoever says that there is more, and tells nothing new, is not asked again", () => {
  const lines = [remembered("eve", "1", -2)];
  const page = adaWithBob().tell({ type: "recalled", lines, hasMore: true, isOlder: false });
  // After a reload the newest lines are here already, and there may be older ones.
  page.tell({ type: "recalled", lines, hasMore: true, isOlder: false });
  expect(page.room.earlier).toBe("more");

  page.tell({ type: "recalled", lines, hasMore: true, isOlder: true });

  expect(page.room.earlier).toBe("none");
});
