import { expect, test } from "vitest";
import type { Shown } from "../src/model/shown.ts";
import type { Offer } from "../src/model/state.ts";
import { clean } from "../src/view/clean.ts";
import { choosePaint, inColour, plainly } from "../src/view/paint.ts";
import { progress } from "../src/view/progress.ts";
import { render } from "../src/view/render.ts";

const time = new Date(2026, 1, 3, 4, 5).getTime();
const said = {
  kind: "line",
  where: { room: "tea" },
  from: "bob",
  name: "Bob",
  text: "hello",
  time,
  isMine: false,
  isRemembered: false,
  quote: undefined,
  file: undefined,
} satisfies Shown;
const plain = { paint: plainly, isRoomNamed: false };

test.each<[Partial<Extract<Shown, { kind: "line" }>>, string]>([
  [{}, "04:05 Bob: hello"],
  [{ text: "one\ntwo" }, "04:05 Bob: one\n      two"],
  [{ where: { room: undefined } }, "04:05 (private) Bob: hello"],
  [{ where: { room: undefined, to: "Cleo" }, isMine: true }, "04:05 (private) Bob → Cleo: hello"],
  [{ quote: { name: "Ada", text: "hi" } }, "04:05 Bob: > Ada: hi\n      hello"],
  [{ text: "", file: { name: "a.bin", size: 2_500_000, type: "", number: 3 } }, "04:05 Bob: [a.bin, 2.5 MB]: /accept 3"],
  [{ text: "", file: { name: "a.bin", size: 12, type: "", number: undefined } }, "04:05 Bob: [a.bin, 12 B]"],
])("a line with %j is shown as %j", (more, text) => {
  expect(render({ ...said, ...more }, plain)).toBe(text);
});

test("with more than one room each line names its own", () => {
  expect(render(said, { ...plain, isRoomNamed: true })).toBe("04:05 #tea Bob: hello");
});

test.each([
  ["\u001b[2J\u001b]0;owned\u0007hi", "[2J]0;ownedhi"],
  ["a\u202egnp.exe", "agnp.exe"],
  ["tab\tstop", "tab    stop"],
  ["\u009b31m", "31m"],
  ["👩‍🚀 é", "👩‍🚀 é"],
])("%j is printed as %j: nothing that others write can steer the terminal", (text, printed) => {
  expect(clean(text)).toBe(printed);
});

test("what others chose is cleaned wherever it is shown", () => {
  const evil = "x\u001b[31m\r\u0007";
  const everything: Shown[] = [
    { ...said, name: evil, text: evil, where: { room: evil, to: evil }, quote: { name: evil, text: evil } },
    { ...said, file: { name: evil, size: 1, type: evil, number: 1 } },
    { kind: "note", text: evil },
    { kind: "problem", text: evil },
    { kind: "text", lines: [evil] },
    { kind: "people", people: [{ id: evil, name: evil, status: "here", path: "relay" }] },
  ];

  const printed = everything.map((shown) => render(shown, { paint: plainly, isRoomNamed: true })).join("\n");

  expect(printed).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/u);
});

test("people are shown with what they say of themselves, and the path to them", () => {
  const people: Shown = {
    kind: "people",
    people: [
      { id: "bob", name: "Bob", status: "busy", path: "direct" },
      { id: "cleopatra", name: "Cleopatra", status: "lost", path: "relay" },
    ],
  };

  expect(render(people, plain)).toBe("Bob        busy  direct\nCleopatra  lost  relay");
  expect(render({ kind: "people", people: [] }, plain)).toBe("· Nobody else is here.");
});

test.each([
  [true, {}, inColour],
  [false, {}, plainly],
  [true, { NO_COLOR: "1" }, plainly],
  [true, { NO_COLOR: "" }, inColour],
  [true, { TERM: "dumb" }, plainly],
])("on a terminal: %s, with %j", (isTerminal, env, paint) => {
  expect(choosePaint(isTerminal, env)).toBe(paint);
});

test("a file on its way is a bar, and more of them are counted", () => {
  const offer = (done: number, bytesPerSecond: number): Offer => ({
    number: 1,
    from: "bob",
    id: "1",
    file: { name: "film.mp4", size: 1000, type: "" },
    folder: ".",
    transfer: { at: "fetching", done, bytesPerSecond },
  });

  expect(progress([])).toBe("");
  expect(progress([{ ...offer(0, 0), transfer: { at: "offered" } }])).toBe("");
  expect(progress([offer(250, 3_100_000)])).toBe("film.mp4 [####------------] 25 % 3.1 MB/s");
  expect(progress([offer(1000, 0), offer(1, 1)])).toBe("film.mp4 [################] 100 % 0 B/s +1");
});
