import { expect, test } from "vitest";
import { listPeople, unreadCount } from "../src/model/people.ts";
import { ROOM } from "../src/model/state.ts";
import { adaWithBob, bob, bobLeft, heard, say } from "./page.ts";

test("lines of the open conversation are read, others are counted until they are shown", () => {
  const page = adaWithBob().tell(heard(ROOM, "bob", "1"), heard("bob", "bob", "2"), heard("bob", "bob", "3"));
  expect(unreadCount(page.room)).toBe(2);

  page.tell({ type: "show", talk: "bob" });

  expect(unreadCount(page.room)).toBe(0);
  expect(page.lines("bob")).toEqual(["Bob: line 2", "Bob: line 3"]);
});

test("lines that come while the page is in the background are unread until somebody looks", () => {
  const page = adaWithBob().tell({ type: "look", isLooking: false }, heard(ROOM, "bob", "1"));
  expect(unreadCount(page.room)).toBe(1);

  page.tell({ type: "look", isLooking: true });

  expect(unreadCount(page.room)).toBe(0);
});

test("lines behind the list of people are unread until it is closed", () => {
  const page = adaWithBob().tell({ type: "show-list", isShown: true }, heard(ROOM, "bob", "1"));
  expect(unreadCount(page.room)).toBe(1);

  page.tell({ type: "show-list", isShown: false });

  expect(unreadCount(page.room)).toBe(0);
});

test("each conversation keeps its own draft", () => {
  const page = adaWithBob().tell({ type: "draft", talk: ROOM, text: "to all" }, { type: "draft", talk: "bob", text: "to Bob" });

  expect(page.room.drafts.get(ROOM)?.text).toBe("to all");
  expect(page.room.drafts.get("bob")?.text).toBe("to Bob");
});

test("who comes and goes is noted; who is away and back is not", () => {
  const page = adaWithBob().tell(bob("away"), bob("here"), bobLeft, heard(ROOM, "eve", "1"), bob("here", "join"));

  expect(page.notes()).toEqual(["Bob left", "Bob joined"]);
});

test("somebody who reloads the page leaves no trace", () => {
  const page = adaWithBob().tell(bobLeft, bob("here", "join"));

  expect(page.notes()).toEqual([]);
});

test("somebody who left stays in the list while there is a conversation", () => {
  const page = adaWithBob().tell(heard("bob", "bob", "1"), bobLeft);
  expect(listPeople(page.room)).toMatchObject({ members: [], others: [{ id: "bob", presence: "gone" }] });

  page.tell(bob("here", "join"));

  expect(listPeople(page.room)).toMatchObject({ members: [{ id: "bob", presence: "here" }], others: [] });
});

test("somebody who left without a conversation is not listed", () => {
  const page = adaWithBob().tell(bobLeft);

  expect(page.room.people.size).toBe(0);
});

test("somebody from elsewhere may write; the name shown is the proven one", () => {
  const page = adaWithBob();
  page.tell({ type: "heard", talk: "eve", from: "eve", line: { id: "1", text: "hi", time: 0, name: "Bob" } });

  expect(page.lines("eve")).toEqual(["eve: hi"]);
  expect(listPeople(page.room).others).toEqual([{ id: "eve", name: "eve", presence: "gone" }]);
});

test("there is an end to how many strangers may begin conversations; those of people in the room stay", () => {
  const page = adaWithBob().tell(heard("bob", "bob", "0"));
  for (let n = 0; n < 300; n++) page.tell(heard(`stranger-${n}`, `stranger-${n}`, "1"));

  expect(page.room.talks.size).toBe(200);
  expect(page.room.people.size).toBe(200);
  expect(page.lines("bob")).toEqual(["Bob: line 0"]);
  expect(page.lines("stranger-299")).toHaveLength(1);
});

test("a helper is listed apart, and is no member", () => {
  const page = adaWithBob().tell({ type: "helper", id: "relay", name: "Loom", about: "echoes" });

  expect(listPeople(page.room)).toMatchObject({ members: [{ id: "bob" }], helpers: [{ id: "relay", about: "echoes" }] });
});

test("lines that are lost for good are told", () => {
  const page = adaWithBob().tell({ type: "gap", from: "bob", missed: 3, noteId: "g", time: 0 });

  expect(page.room.talks.get(ROOM)?.entries).toEqual([{ kind: "note", id: "g", note: "gap", name: "Bob", time: 0, missed: 3 }]);
});

test.each(["", "  ", "\n"])("%j is nothing to say", (text) => {
  const page = adaWithBob().tell({ type: "say", talk: ROOM, id: "1", text, time: 0 });

  expect(page.lines(ROOM)).toEqual([]);
  expect(page.takeEffects()).toEqual([]);
});

test("nobody can be shown who is not there", () => {
  const page = adaWithBob().tell({ type: "show", talk: "nobody" });

  expect(page.room.open).toBe(ROOM);
});

test("people are sorted by name", () => {
  const page = adaWithBob();
  for (const [id, name] of [
    ["z", "alan"],
    ["y", "Zoe"],
    ["x", "Eve"],
  ] as const)
    page.tell({ type: "member", change: "join", member: { id, name, presence: "here" }, noteId: id, time: 0 });

  expect(listPeople(page.room).members.map(({ name }) => name)).toEqual(["alan", "Bob", "Eve", "Zoe"]);
});

test("a line to the room goes to all, one to a person to that person", () => {
  const page = adaWithBob().tell(say(ROOM, "1"), say("bob", "2"));

  const line = { name: "Ada", time: 0 };
  expect(page.takeEffects()).toEqual([
    { do: "send", talk: ROOM, line: { id: "1", text: "line 1", ...line } },
    { do: "send", talk: "bob", line: { id: "2", text: "line 2", ...line } },
  ]);
});
