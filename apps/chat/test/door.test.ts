import { expect, test } from "vitest";
import type { Kept } from "../src/model/state.ts";
import { adaWithBob, Page } from "./page.ts";

const connectAda = { do: "connect", id: "ada-lovelace", name: "Ada Lovelace", room: "tea-room", afterMs: 0 };

test("joining connects under the name's id", () => {
  const page = new Page().tell({ type: "join", name: " Ada  Lovelace", room: "#Tea room" });

  expect(page.state).toMatchObject({ at: "joining", name: "Ada Lovelace", room: "tea-room" });
  expect(page.takeEffects()).toEqual([connectAda]);
});

test.each([
  { name: "", room: "lobby", problem: "Please say what others shall call you." },
  { name: "Ada", room: " # ", problem: "Please say which room." },
])("$name in room $room is not let in", ({ name, room, problem }) => {
  const page = new Page().tell({ type: "join", name, room });

  expect(page.state).toMatchObject({ at: "door", problem });
  expect(page.takeEffects()).toEqual([]);
});

test.each([
  { code: "CLIENT_ID_TAKEN", says: "The name Ada is taken. Please choose another one." },
  { code: "PROTOCOL_MISMATCH", says: "This page is of another version than the relay. Please reload it." },
  { code: "NEW_CODE", says: "something new (NEW_CODE)" },
])("$code leads back to the door, in words", ({ code, says }) => {
  const page = new Page().tell({ type: "join", name: "Ada", room: "lobby" }, { type: "refused", code, message: "something new" });

  expect(page.state).toEqual({ at: "door", name: "Ada", room: "lobby", problem: says });
});

test("a relay that does not answer is tried again, and people are told", () => {
  const page = new Page().tell({ type: "join", name: "Ada", room: "lobby" });
  page.takeEffects();

  page.tell({ type: "refused", code: "RELAY_UNREACHABLE", message: "" });

  expect(page.state).toMatchObject({ at: "joining", trouble: "The relay does not answer. Trying again…" });
  expect(page.takeEffects()).toEqual([{ do: "connect", id: "ada", name: "Ada", room: "lobby", afterMs: 2000 }]);
});

test("after a reload the name may be taken for a moment, by the page that was", () => {
  const page = new Page().tell({ type: "join", name: "Ada", room: "lobby", isReturn: true });
  const refused = { type: "refused", code: "CLIENT_ID_TAKEN", message: "" } as const;

  for (let n = 0; n < 10; n++) page.tell(refused);
  expect(page.state.at).toBe("joining");
  page.tell(refused);

  expect(page.state).toMatchObject({ at: "door", problem: "The name Ada is taken. Please choose another one." });
});

test("leaving disconnects, and the name and room stay filled in", () => {
  const page = adaWithBob().tell({ type: "leave" });

  expect(page.state).toEqual({ at: "door", name: "Ada", room: "lobby" });
  expect(page.takeEffects()).toEqual([{ do: "disconnect" }]);
});

test("a link to another room is followed", () => {
  const page = adaWithBob().tell({ type: "link", room: "lobby" }, { type: "link", room: "tea" });

  expect(page.state).toMatchObject({ at: "joining", room: "tea" });
  expect(page.takeEffects()).toEqual([{ do: "disconnect" }, { do: "connect", id: "ada", name: "Ada", room: "tea", afterMs: 0 }]);
});

test("whoever is thrown out is told why", () => {
  const page = adaWithBob().tell({ type: "closed", code: "CLIENT_ID_REPLACED", message: "" });

  expect(page.state).toMatchObject({ at: "door", problem: "Somebody else has joined as Ada, so this page has left." });
});

test("what was said is there again after a reload; what was on its way has failed", () => {
  const entry = { kind: "said", from: "ada", name: "Ada", text: "hi", time: 0 } as const;
  const entries = [
    { ...entry, id: "1", delivery: { at: "sent" } },
    { ...entry, id: "2", delivery: { at: "sending", tries: 0 } },
  ] as const;
  const kept: Kept = {
    open: "eve",
    talks: new Map([["eve", { entries, unread: 0 }]]),
    drafts: new Map([["eve", { text: "and" }]]),
    names: new Map([["eve", "Eve"]]),
  };

  const page = new Page().tell({ type: "join", name: "Ada", room: "lobby" }, { type: "joined", id: "ada", members: [], kept });

  expect(page.room.open).toBe("eve");
  expect(page.room.people.get("eve")).toEqual({ id: "eve", name: "Eve", presence: "gone" });
  expect(page.lines("eve")).toEqual(["hi (sent)", "hi (failed)"]);
  expect(page.room.drafts.get("eve")?.text).toBe("and");
});
