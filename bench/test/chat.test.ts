import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const bench = (...args: string[]): Promise<{ stdout: string }> =>
  run(process.execPath, [join(import.meta.dirname, "../src/main.ts"), "chat", ...args], { timeout: 100_000 });

test("a quick run prints each figure of the chat as a line of JSON", { timeout: 120_000 }, async () => {
  const { stdout } = await bench("--quick", "--rounds", "1", "--json");

  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { name: string; ours: number; baseline: number; ratio: number });
  expect(lines.map(({ name }) => name)).toEqual(["chat.typing", "chat.typing-over-empty", "chat.scroll"]);
  for (const line of lines) {
    expect(Object.keys(line)).toEqual(["name", "ours", "baseline", "unit", "ratio"]);
    expect(line.ratio).toBeCloseTo(line.ours / line.baseline, 2);
  }
});
