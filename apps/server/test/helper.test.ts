import { expect, test } from "vitest";
import { reply } from "../src/helper.ts";

const now = new Date("2026-02-03T04:05:06Z");

test.each([
  ["What time is it?", "Here it is 04:05:06 UTC."],
  ["Hello!", "Hello! I live in the relay. Ask me for the time, or say something and I say it back."],
  ["Good morning", "Hello! I live in the relay. Ask me for the time, or say something and I say it back."],
  ["?", "I am a program in the relay. “time” tells the relay’s time; anything else comes back as it is."],
  ["sometimes", "sometimes"],
  ["<b>&", "<b>&"],
])("the helper answers %j with %j", (text, answer) => {
  expect(reply(text, now)).toBe(answer);
});

test("the helper does not send more than a line may have", () => {
  expect(reply("x".repeat(10_000), now)).toHaveLength(4000);
});
