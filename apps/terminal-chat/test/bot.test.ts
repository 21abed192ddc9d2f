import { expect, test } from "vitest";
import { botKinds, roll, type BotKind } from "../src/bot/kinds.ts";
import { addressed, replyOf } from "../src/bot/reply.ts";

test.each([
  ["@bot hello", "hello"],
  ["Bot: hello there", "hello there"],
  ["bot, 2d6", "2d6"],
  ["hello bot", undefined],
  ["robot hello", undefined],
  ["bot", undefined],
])("%j is for the bot: %j", (text, rest) => {
  expect(addressed(text, "bot")).toBe(rest);
});

test.each<[BotKind, string, string]>([
  ["greeter", "good morning", "Hello, Ada!"],
  ["greeter", "what?", "Say hello to me."],
  ["echo", "<b>", "<b>"],
  ["roller", "please", "Say something like 2d6 to me."],
  ["roller", "roll 200d6", "dice are given as 2d6, at most 100d1000"],
])("a %s answers %j with %j", (kind, text, answer) => {
  expect(replyOf(botKinds[kind], text, "Ada")).toBe(answer);
});

test("dice are rolled one by one and summed up", () => {
  expect(roll("3d6", (below) => below - 1)).toEqual({ rolls: [6, 6, 6], sum: 18 });
  expect(roll("d20", () => 0)).toEqual({ rolls: [1], sum: 1 });
});

test.each([undefined, 6, "0d6", "2d1", "101d6", "2d6x", "d"])("%j is no dice", (dice) => {
  expect(() => roll(dice)).toThrow(expect.objectContaining({ code: "BAD_REQUEST" }));
});
