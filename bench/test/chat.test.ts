import { expect, test } from "vitest";
import { quickLines, testRefusals } from "./support/bench.ts";

test("a quick run prints each figure of the chat as a line of JSON", { timeout: 120_000 }, async () => {
  const lines = await quickLines("chat");

  expect(lines.map(({ name }) => name)).toEqual(["chat.typing", "chat.typing-over-empty", "chat.scroll"]);
});

testRefusals("chat", [
  [["--only", "reading"], 'no figure is called "reading"'],
  [["--two"], "Unknown option '--two'"],
  [["--without", "ours"], "Unknown option '--without'"],
  [["--profile", "here"], "Unknown option '--profile'"],
]);
