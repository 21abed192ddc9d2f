import { expect, test } from "vitest";
import { parseMemberCard } from "../src/card.ts";
import { cleanFileName, parseFileRequest } from "../src/file.ts";
import { parseHistoryPage, parseHistoryRequest } from "../src/history.ts";
import { parseWireLine } from "../src/line.ts";
import { parseWireReaction } from "../src/reaction.ts";

const line = { id: "1", text: "hi", time: 5, name: "Ada" };

test("a line is taken as it came, without what does not belong to it", () => {
  expect(parseWireLine({ ...line, extra: true }, 9)).toEqual(line);
});

test.each([
  undefined,
  null,
  "hi",
  [],
  {},
  { ...line, id: "" },
  { ...line, id: "x".repeat(65) },
  { ...line, id: 1 },
  { ...line, text: "  \n" },
  { ...line, text: "x".repeat(4001) },
  { ...line, text: { html: "<b>" } },
  { ...line, time: "now" },
  { ...line, time: Number.NaN },
  { ...line, time: 1e18 },
])("%j is no line", (value) => {
  expect(parseWireLine(value, 9)).toBeUndefined();
});

test("a line from the future is as old as now", () => {
  expect(parseWireLine({ ...line, time: 10 }, 9)).toEqual({ ...line, time: 9 });
});

const offer = { name: "tea.png", size: 3, type: "image/png" };

test("a line may be a file alone, and may answer another line", () => {
  const reply = { from: "bob", id: "0", name: "Bob", text: "tea?" };
  expect(parseWireLine({ ...line, text: "", file: { ...offer, path: "/" }, reply }, 9)).toEqual({ ...line, text: "", file: offer, reply });
});

test("what is wrong beside a line does not spoil it", () => {
  expect(parseWireLine({ ...line, file: { name: "x", size: -1 }, reply: "bob" }, 9)).toEqual(line);
});

test("a quote is no longer than a quote", () => {
  const reply = { from: "bob", id: "0", name: "Bob", text: "x".repeat(500) };
  expect(parseWireLine({ ...line, reply }, 9)?.reply?.text).toHaveLength(140);
});

test.each([
  ["../../etc/passwd", "passwd"],
  ["C:\\temp\\a.txt", "a.txt"],
  ["..", "file"],
  ["", "file"],
  ["evil\u202Egnp.exe", "evilgnp.exe"],
  ["a\nb", "ab"],
  [`${"x".repeat(300)}.png`, `${"x".repeat(196)}.png`],
])("the file name %j becomes %j", (name, clean) => {
  expect(cleanFileName(name)).toBe(clean);
});

test.each([
  [
    { id: "1", offset: 0 },
    { id: "1", offset: 0 },
  ],
  [{ id: "1", offset: -1 }, undefined],
  [{ id: "1", offset: 1.5 }, undefined],
  [{ offset: 0 }, undefined],
  [null, undefined],
])("the request for a file %j is read as %j", (value, request) => {
  expect(parseFileRequest(value)).toEqual(request);
});

const reaction = { line: { from: "bob", id: "1" }, emoji: "👍", isOn: true };

test.each(["👍", "❤️", "👩‍👩‍👧‍👦", "🇫🇷"])("%s is a reaction", (emoji) => {
  expect(parseWireReaction({ ...reaction, emoji, more: 1 })).toEqual({ ...reaction, emoji });
});

test.each([
  null,
  { ...reaction, emoji: "ok" },
  { ...reaction, emoji: "👍👍" },
  { ...reaction, emoji: "<b>" },
  { ...reaction, emoji: "" },
  { ...reaction, isOn: 1 },
  { ...reaction, line: { from: "bob" } },
])("%j is no reaction", (value) => {
  expect(parseWireReaction(value)).toBeUndefined();
});

test("a page of history has only lines that are some", () => {
  const remembered = { ...line, from: "ada", reactions: [["👍", ["bob", 3]], ["no", ["bob"]], 7] };

  expect(parseHistoryPage({ lines: [remembered, { ...line }, "hi"], hasMore: true }, 9)).toEqual({
    lines: [{ ...line, from: "ada", reactions: [["👍", ["bob"]]] }],
    hasMore: true,
  });
  expect(parseHistoryPage({ lines: "no" }, 9)).toBeUndefined();
  expect(parseHistoryPage({ lines: [], hasMore: true }, 9)).toEqual({ lines: [], hasMore: false });
});

test.each([
  [{ room: "lobby" }, { room: "lobby" }],
  [
    { room: "lobby", before: { from: "ada", id: "1", time: 5 } },
    { room: "lobby", before: { from: "ada", id: "1", time: 5 } },
  ],
  [{ room: "lobby", before: 5 }, undefined],
  [{}, undefined],
])("the request for history %j is read as %j", (value, request) => {
  expect(parseHistoryRequest(value)).toEqual(request);
});

test("what somebody tells about themselves is read, and what they do not is nothing special", () => {
  expect(parseMemberCard("ada", { name: "Ada", status: "busy", isTyping: true, callId: "key" })).toEqual({
    name: "Ada",
    status: "busy",
    isTyping: true,
    callId: "key",
  });
  expect(parseMemberCard("ada", { name: "Bob", status: "asleep", isTyping: 1, callId: 5 })).toEqual({
    name: "ada",
    status: "here",
    isTyping: false,
  });
});
