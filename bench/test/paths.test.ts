import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const bench = (...args: string[]): Promise<{ stdout: string }> =>
  run(process.execPath, [join(import.meta.dirname, "../src/main.ts"), "paths", ...args], { timeout: 100_000 });

test("a quick run prints each figure of paths as a line of JSON", { timeout: 120_000 }, async () => {
  const { stdout } = await bench("--quick", "--rounds", "1", "--json");

  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { name: string; ours: number });
  const ofLines = ["direct-rtt", "direct-small", "direct-bulk"];
  expect(lines.map(({ name }) => name).filter((name) => !name.startsWith("paths.e2e-cost"))).toEqual([
    "paths.first-message",
    "paths.to-direct",
    "paths.switch-stall",
    ...["", "-werift", "-chromium"].flatMap((platform) => ofLines.map((name) => `paths.${name}${platform}`)),
  ]);
  for (const line of lines) expect(line.ours).toBeGreaterThan(0);
});
