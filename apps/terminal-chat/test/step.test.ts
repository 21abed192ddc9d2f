import { expect, test } from "vitest";
import type { Effect, Input, Listed, State } from "../src/model/state.ts";
import { startState, step } from "../src/model/step.ts";

const listed = (name: string): Listed => ({ id: name.toLowerCase(), name, status: "here", presence: "here" });
const line = (id: string, more: object = {}) => ({ id, text: "hello", time: 1000, name: "Bob", ...more });
const typed = (text: string): Input => ({ type: "typed", text, id: "1", time: 1000 });
const file = { name: "a.bin", size: 2_000_000, type: "" };

/** What becomes of Ada, who is in the room "tea" with Bob. */
function play(...inputs: readonly Input[]): { state: State; effects: readonly Effect[]; texts: string[] } {
  let state = startState("ada", "Ada", "tea");
  let effects: readonly Effect[] = [];
  for (const input of [{ type: "joined", room: "tea", members: [listed("Bob")] } as Input, ...inputs])
    [state, effects] = step(state, input);
  const texts = effects.flatMap((effect) =>
    effect.do === "show" && (effect.what.kind === "note" || effect.what.kind === "problem") ? [effect.what.text] : [],
  );
  return { state, effects, texts };
}

test("what is typed is said in the room, and shown", () => {
  const { effects } = play(typed("hello"));

  expect(effects).toEqual([
    { do: "say", place: { kind: "room", room: "tea" }, line: { id: "1", text: "hello", time: 1000, name: "Ada" } },
    { do: "show", what: expect.objectContaining({ kind: "line", text: "hello", isMine: true, where: { room: "tea" } }) },
  ]);
});

test("a line that is empty or too long is not said", () => {
  expect(play(typed("   ")).effects).toEqual([]);
  expect(play(typed("x".repeat(4001))).texts).toEqual(["A line can have 4000 characters; this one has 4001."]);
});

test.each(["bob", "Bob", "@bob", "bo"])("/msg %s says something to Bob alone", (who) => {
  const { effects, state } = play(typed(`/msg ${who} psst, you`));

  expect(effects[0]).toMatchObject({ do: "say", place: { kind: "person", id: "bob" }, line: { text: "psst, you" } });
  expect(state.place).toEqual({ kind: "room", room: "tea" });
});

test("after /msg without a text all goes to that person, until /room", () => {
  const { effects } = play(typed("/msg bob"), typed("psst"));

  expect(effects[0]).toMatchObject({ do: "say", place: { kind: "person", id: "bob" } });
  expect(play(typed("/msg bob"), typed("/room"), typed("hello")).effects[0]).toMatchObject({ place: { kind: "room" } });
});

test("the beginning of two names is nobody's", () => {
  const { texts } = play({ type: "member", room: "tea", member: listed("Bobby") }, typed("/msg bo hi"));

  expect(texts).toEqual(["bo is nobody here, or more than one; see /who."]);
});

test("people come, lose their connection, and go", () => {
  const cleo = listed("Cleo");

  expect(play({ type: "member", room: "tea", member: cleo }).texts).toEqual(["Cleo has come to #tea."]);
  const away: Input = { type: "member", room: "tea", member: { ...listed("Bob"), presence: "away" } };
  expect(play(away).texts).toEqual([]);
  expect(play(away, typed("/who")).effects).toMatchObject([{ what: { people: [{ id: "bob", status: "lost" }] } }]);
  const gone = play({ type: "member-left", room: "tea", id: "bob" });
  expect(gone.texts).toEqual(["Bob has left #tea."]);
  expect(gone.state.people.get("bob")?.presence).toBe("gone");
});

test("a path that changes is told once, and /who shows it", () => {
  const direct: Input = { type: "path", id: "bob", path: "direct" };

  expect(play(direct).texts).toEqual(["You and Bob are connected directly."]);
  expect(play(direct, direct).texts).toEqual([]);
  expect(play(direct, typed("/who")).effects).toMatchObject([{ what: { people: [{ id: "bob", path: "direct" }] } }]);
  expect(play(direct, { type: "path", id: "bob", path: "relay" }).texts).toEqual(["You and Bob talk by the relay again."]);
});

test("a file is offered by its line, fetched by its number, and is here", () => {
  const heard: Input = { type: "heard", place: { kind: "room", room: "tea" }, from: "bob", line: line("7", { text: "", file }) };

  expect(play(heard).effects).toMatchObject([{ what: { kind: "line", file: { name: "a.bin", number: 1 } } }]);
  const accepted = play(heard, typed("/accept 1 /tmp"));
  expect(accepted.effects).toMatchObject([{ do: "fetch", offer: { number: 1, from: "bob", id: "7", folder: "/tmp" } }]);
  const here: Input = { type: "transfer", number: 1, input: { type: "here", path: "/tmp/a.bin" } };
  expect(play(heard, typed("/accept /tmp"), here).texts).toEqual(["a.bin from Bob is here: /tmp/a.bin"]);
  expect(play(heard, typed("/accept"), here, typed("/accept 1")).texts).toEqual(["a.bin is here: /tmp/a.bin"]);
});

test("a file of which a part is here already says so", () => {
  const heard: Input = { type: "heard", place: { kind: "room", room: "tea" }, from: "bob", line: line("7", { file }) };
  const begun = (done: number): Input => ({ type: "transfer", number: 1, input: { type: "begun", done } });

  expect(play(heard, typed("/accept"), begun(500_000)).texts).toEqual(["a.bin goes on from 500 kB of 2.0 MB."]);
  expect(play(heard, typed("/accept"), begun(0)).texts).toEqual([]);
});

test("a file that broke off goes on when its owner is back", () => {
  const heard: Input = { type: "heard", place: { kind: "room", room: "tea" }, from: "bob", line: line("7", { file }) };
  const broken: Input = { type: "transfer", number: 1, input: { type: "broken", done: 500_000, why: "bob is gone." } };
  const left: Input = { type: "member-left", room: "tea", id: "bob" };
  const back: Input = { type: "member", room: "tea", member: listed("Bob") };

  expect(play(heard, typed("/accept"), broken).texts).toEqual([
    "a.bin stopped at 500 kB of 2.0 MB: bob is gone. /accept 1 goes on from there.",
  ]);
  expect(play(heard, typed("/accept"), broken, left, back).effects).toMatchObject([
    { do: "show" },
    { do: "fetch", offer: { number: 1, transfer: { at: "fetching", done: 500_000 } } },
  ]);
});

test.each([
  ["/accept", "No file was offered."],
  ["/accept 3", "There is no file 3; see /files."],
  ["/nothing", "There is no command /nothing; see /help."],
  ["/call dice", "/call SERVICE METHOD [ARGUMENTS]: calls a service; arguments are JSON, or plain words"],
  ["/status asleep", "/status here|busy|away: what others see of you"],
  ["/room coffee", "You are not in coffee; see /rooms and /join."],
])("%s is answered by %j", (text, answer) => {
  expect(play(typed(text)).texts).toEqual([answer]);
});

test.each<[string, Effect]>([
  ["/call dice roll 6 2", { do: "call", service: "dice", method: "roll", args: [6, 2] }],
  ["/subscribe load load", { do: "subscribe", service: "load", topic: "load", isOn: true }],
  ["/unsubscribe load load", { do: "subscribe", service: "load", topic: "load", isOn: false }],
  ["/join #Tea Room", { do: "join", room: "tea" }],
  ["/leave", { do: "leave", room: "tea" }],
  ["/status busy", { do: "status", status: "busy" }],
  ["/services", { do: "services" }],
  ["/cancel 2", { do: "cancel", number: 2 }],
  ["/quit", { do: "quit" }],
])("%s does %j", (text, effect) => {
  expect(play(typed(text)).effects).toEqual([effect]);
});

test("what others remember is shown as such, and files of those who are gone cannot be fetched", () => {
  const lines = [
    { ...line("1"), from: "bob", reactions: [], file },
    { ...line("2", { name: "Zoe" }), from: "zoe", reactions: [], file },
    { ...line("3"), from: "ada", reactions: [] },
  ];
  const { effects } = play({ type: "remembered", room: "tea", lines });

  expect(effects.map((effect) => (effect.do === "show" ? effect.what : undefined))).toMatchObject([
    { name: "Bob", isRemembered: true, file: { number: 1 } },
    { name: "Zoe", isRemembered: true, file: { number: undefined } },
    { name: "Ada", isMine: true, file: undefined },
  ]);
});

test("nobody can borrow a name in a private line", () => {
  const { effects } = play({ type: "heard", place: { kind: "person", id: "eve" }, from: "eve", line: line("9", { name: "Bob" }) });

  expect(effects).toMatchObject([{ what: { name: "eve", where: { room: undefined } } }]);
});

test("a lost connection is told once, and its end too", () => {
  const lost: Input = { type: "connection", isOnline: false };

  expect(play(lost).texts).toEqual(["The connection is lost. What you write goes out when it is back."]);
  expect(play(lost, lost).texts).toEqual([]);
  expect(play(lost, { type: "connection", isOnline: true }).texts).toEqual(["Connected again."]);
});

test("of two rooms, leaving one leads to the other", () => {
  const second: Input = { type: "joined", room: "coffee", members: [listed("Bob"), listed("Cleo")] };
  const left = play(second, { type: "left-room", room: "coffee", why: undefined });

  expect(left.state.place).toEqual({ kind: "room", room: "tea" });
  expect([left.state.people.get("bob")?.presence, left.state.people.get("cleo")?.presence]).toEqual(["here", "gone"]);
});

test("people who are gone and files that were offered are forgotten at some time", () => {
  const inputs: Input[] = [];
  for (let count = 0; count < 300; count += 1) {
    inputs.push({ type: "member", room: "tea", member: listed(`guest${count}`) });
    inputs.push({ type: "heard", place: { kind: "room", room: "tea" }, from: `guest${count}`, line: line(`${count}`, { file }) });
    inputs.push({ type: "member-left", room: "tea", id: `guest${count}` });
  }

  const { state } = play(...inputs);

  expect([state.people.size, state.offers.length, state.rooms.get("tea")?.size]).toEqual([201, 100, 1]);
});
