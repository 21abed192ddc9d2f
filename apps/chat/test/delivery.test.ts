import { expect, test } from "vitest";
import type { Effect, Input } from "../src/model/state.ts";
import { ROOM } from "../src/model/state.ts";
import { adaWithBob, bob, bobLeft, offline, online, say } from "./page.ts";

const delivered = (talk: string, id: string): Input => ({ type: "delivered", talk, id });
const undelivered = (talk: string, id: string, code: string): Input => ({ type: "undelivered", talk, id, code, message: "" });
const sent = (effects: readonly Effect[]): string[] => effects.flatMap((effect) => (effect.do === "send" ? [effect.line.id] : []));

test.each([
  { name: "is being sent", inputs: [], lines: ["line 1 (sending)"] },
  { name: "is delivered", inputs: [delivered("bob", "1")], lines: ["line 1 (delivered)"] },
  { name: "fails for good", inputs: [undelivered("bob", "1", "TOO_LARGE")], lines: ["line 1 (failed)"] },
  { name: "waits for Bob, who is away", inputs: [bob("away"), undelivered("bob", "1", "PEER_NOT_FOUND")], lines: ["line 1 (held)"] },
  { name: "goes when Bob is back", inputs: [bob("away"), undelivered("bob", "1", "PEER_LOST"), bob("here")], lines: ["line 1 (sending)"] },
  { name: "fails when Bob is gone", inputs: [bob("away"), undelivered("bob", "1", "PEER_LOST"), bobLeft], lines: ["line 1 (failed)"] },
  { name: "fails when Bob was gone", inputs: [bobLeft, undelivered("bob", "1", "PEER_NOT_FOUND")], lines: ["line 1 (failed)"] },
  { name: "tries anew with a Bob who reloaded", inputs: [undelivered("bob", "1", "PEER_RESTARTED")], lines: ["line 1 (held)"] },
  {
    name: "is not failed by an answer that comes late",
    inputs: [delivered("bob", "1"), undelivered("bob", "1", "TIMEOUT")],
    lines: ["line 1 (delivered)"],
  },
])("a private line $name", ({ inputs, lines }) => {
  const page = adaWithBob().tell(say("bob", "1"), ...inputs);

  expect(page.lines("bob")).toEqual(lines);
});

test("what fails says so in words", () => {
  const page = adaWithBob().tell(say("bob", "1"), undelivered("bob", "1", "TIMEOUT"));

  expect(page.room.talks.get("bob")?.entries[0]).toMatchObject({ delivery: { at: "failed", why: "Bob did not answer in time." } });
});

test("a failed line is sent again as the newest, under its own id", () => {
  const page = adaWithBob().tell(say("bob", "1"), undelivered("bob", "1", "TIMEOUT"), say("bob", "2"));
  page.takeEffects();

  page.tell({ type: "retry", talk: "bob", id: "1", time: 9 }, { type: "retry", talk: "bob", id: "2", time: 9 });

  expect(page.lines("bob")).toEqual(["line 2 (sending)", "line 1 (sending)"]);
  expect(sent(page.takeEffects())).toEqual(["1"]);
});

test("lines behind one that waits, wait too, and all go in order", () => {
  const page = adaWithBob().tell(bob("away"), say("bob", "1"), say("bob", "2"));
  page.tell(undelivered("bob", "1", "PEER_NOT_FOUND"), undelivered("bob", "2", "PEER_NOT_FOUND"), say("bob", "3"));
  expect(sent(page.takeEffects())).toEqual(["1", "2"]);

  page.tell(bob("here"));

  expect(sent(page.takeEffects())).toEqual(["1", "2", "3"]);
});

test("somebody who seems to be here is tried again after a pause, a few times", () => {
  const page = adaWithBob().tell(say("bob", "1"));
  page.takeEffects();

  for (let n = 0; n < 5; n++) {
    page.tell(undelivered("bob", "1", "PEER_NOT_FOUND"));
    expect(page.takeEffects()).toEqual([{ do: "wake", talk: "bob", afterMs: 500 }]);
    page.tell({ type: "wake", talk: "bob" });
    expect(sent(page.takeEffects())).toEqual(["1"]);
  }
  page.tell(undelivered("bob", "1", "PEER_NOT_FOUND"));

  expect(page.lines("bob")).toEqual(["line 1 (failed)"]);
});

test("lines to somebody who timed out while the connection was down wait until it is back and he is", () => {
  const page = adaWithBob().tell(offline, say("bob", "1"), bobLeft, undelivered("bob", "1", "PEER_LOST"));
  expect(page.lines("bob")).toEqual(["line 1 (held)"]);
  page.takeEffects();

  page.tell(online);
  expect(page.takeEffects()).toEqual([{ do: "wake", talk: "bob", afterMs: 5000 }]);
  page.tell(bob("here", "join"));

  expect(sent(page.takeEffects())).toEqual(["1"]);
});

test("they fail when he does not come back either", () => {
  const page = adaWithBob().tell(offline, say("bob", "1"), bobLeft, undelivered("bob", "1", "PEER_LOST"), online);

  page.tell({ type: "wake", talk: "bob" });

  expect(page.lines("bob")).toEqual(["line 1 (failed)"]);
});

test("lines to the room that the relay does not take have failed", () => {
  const page = adaWithBob().tell(say(ROOM, "1"), undelivered(ROOM, "1", "PEER_LOST"), say(ROOM, "2"), undelivered(ROOM, "2", "OVERFLOW"));

  expect(page.lines(ROOM)).toEqual(["line 1 (failed)", "line 2 (failed)"]);
});
