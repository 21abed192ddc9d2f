import { expect, test } from "vitest";
import { cleanName, cleanRoom, hashOfRoom, idOfName, nameOfMember, problemOfName, roomOfHash } from "../src/names.ts";

test.each([
  ["  Ada   Lovelace ", "Ada Lovelace", "ada-lovelace"],
  ["ADA", "ADA", "ada"],
  ["Åsa", "Åsa", "åsa"],
  ["山田 太郎", "山田 太郎", "山田-太郎"],
  ["a\u202eb\u200bc", "abc", "abc"],
  ["line\nbreak\ttab", "line break tab", "line-break-tab"],
  ["👩\u200d🚀", "👩\u200d🚀", "👩🚀"],
  ["__proto__", "__proto__", "__proto__"],
  [" \u200b ", "", ""],
])("%j is shown as %j and has the id %j", (typed, name, id) => {
  expect(cleanName(typed)).toBe(name);
  expect(idOfName(typed)).toBe(id);
});

test("two ways to write a letter are one name", () => {
  expect(idOfName("A\u030asa")).toBe(idOfName("\u00c5sa"));
});

test.each([
  ["Ada", undefined],
  ["", "Please say what others shall call you."],
  ["   ", "Please say what others shall call you."],
  ["x".repeat(32), undefined],
  ["x".repeat(33), "Please choose a name of at most 32 characters."],
  ["👩".repeat(32), undefined],
  [`${"👩🏽".repeat(16)}`, undefined],
])("of %j it is said: %j", (name, problem) => {
  expect(problemOfName(name)).toBe(problem);
});

test.each([
  ["Lobby", "lobby"],
  ["#Tea room", "tea-room"],
  ["## x", "x"],
  ["   ", ""],
  ["x".repeat(60), "x".repeat(48)],
  ["👩".repeat(60), "👩".repeat(32)],
])("the room %j is %j", (typed, room) => {
  expect(cleanRoom(typed)).toBe(room);
});

test.each([
  ["", "lobby"],
  ["#", "lobby"],
  ["#tea-room", "tea-room"],
  ["#caf%C3%A9", "café"],
  ["#100%", "lobby"],
  ["#%00", "lobby"],
])("the link %j leads to %j", (hash, room) => {
  expect(roomOfHash(hash)).toBe(room);
});

test.each(["lobby", "café & tea", "a/b?c", "100%", "山"])("the link of the room %j leads back to it", (name) => {
  const room = cleanRoom(name);

  expect(roomOfHash(hashOfRoom(room))).toBe(room);
});

test.each([
  ["ada-lovelace", { name: "Ada Lovelace" }, "Ada Lovelace"],
  ["mallory", { name: "Ada Lovelace" }, "mallory"],
  ["mallory", { name: 5 }, "mallory"],
  ["mallory", null, "mallory"],
  ["mallory", undefined, "mallory"],
  ["mallory", "Ada", "mallory"],
  ["ada", { name: "A\u202eda" }, "Ada"],
  ["x".repeat(40), { name: "X".repeat(40) }, "x".repeat(40)],
])("a member with the id %j and the metadata %j is shown as %j", (id, metadata, name) => {
  expect(nameOfMember(id, metadata)).toBe(name);
});
