import { maxPageLength, maxPageLines } from "@peerloom/app-chat-wire";
import { expect, test } from "vitest";
import { pageOf, react, recall, remember, type Memory } from "../src/model/memory.ts";

const line = (id: string, text = "x") => ({ id, text, time: Number(id), name: "Bob" });
const many = (count: number, text?: string): Memory => {
  let memory: Memory = [];
  for (let id = 1; id <= count; id += 1) memory = remember(memory, "bob", line(String(id), text));
  return memory;
};
const ids = (memory: Memory): string[] => memory.map(({ id }) => id);

test("a line is remembered once, and the oldest is forgotten", () => {
  const memory = remember(many(600), "bob", line("600"));

  expect([memory.length, memory[0]?.id, memory.at(-1)?.id]).toEqual([500, "101", "600"]);
});

test("a page holds the newest lines before the one that is known", () => {
  const memory = many(maxPageLines + 50);

  const newest = pageOf(memory, { room: "tea" });
  const before = pageOf(memory, { room: "tea", before: { from: "bob", id: "52", time: 52 } });
  const first = pageOf(memory, { room: "tea", before: { from: "eve", id: "?", time: 51 } });

  expect([newest.lines.length, newest.lines[0]?.id, newest.hasMore]).toEqual([maxPageLines, "51", true]);
  expect([before.lines.length, before.lines.at(-1)?.id, before.hasMore]).toEqual([51, "51", false]);
  expect([first.lines[0]?.id, first.lines.at(-1)?.id, first.hasMore]).toEqual(["1", "50", false]);
});

test("a page is no longer than a message can be, and never empty for that", () => {
  expect(pageOf(many(20, "x".repeat(4000)), { room: "tea" }).lines).toHaveLength(Math.floor(maxPageLength / 4000));
  expect(pageOf(many(2, "x".repeat(maxPageLength + 1)), { room: "tea" }).lines).toHaveLength(1);
});

test("what others remember comes before what is known, without what is known already", () => {
  const own = many(2);
  const others = [{ ...line("0"), from: "eve", reactions: [] }, ...many(1)];

  const [memory, fresh] = recall(own, others);

  expect([ids(memory), ids(fresh)]).toEqual([["0", "1", "2"], ["0"]]);
});

test("reactions come and go with the people who made them", () => {
  const key = { from: "bob", id: "1" };
  const both = react(react(many(1), "ada", { line: key, emoji: "👍", isOn: true }), "cleo", { line: key, emoji: "👍", isOn: true });

  expect(both[0]?.reactions).toEqual([["👍", ["ada", "cleo"]]]);
  const one = react(both, "ada", { line: key, emoji: "👍", isOn: false });
  expect(one[0]?.reactions).toEqual([["👍", ["cleo"]]]);
  expect(react(one, "cleo", { line: key, emoji: "👍", isOn: false })[0]?.reactions).toEqual([]);
});
