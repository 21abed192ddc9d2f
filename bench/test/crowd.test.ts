import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { percentile } from "../src/crowd/talk.ts";

const run = promisify(execFile);
const bench = (...args: string[]): Promise<{ stdout: string }> =>
  run(process.execPath, [join(import.meta.dirname, "../src/main.ts"), "load", ...args], { timeout: 150_000 });

test("a quick run prints each figure of load as a line of JSON", { timeout: 180_000 }, async () => {
  const { stdout } = await bench("--quick", "--rounds", "1", "--json");

  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { name: string; ours: number; baseline: number; ratio: number });
  expect(lines.map(({ name }) => name)).toEqual([
    "load.p50-2000-active",
    "load.p99-2000-active",
    "load.memory-idle-10000",
    "load.join-storm-5000",
    "load.flood-handshakes",
    "load.flood-joins",
    "load.flood-unknown-ids",
    "load.flood-pings",
    "load.flood-half-open",
    "load.flood-bodies",
  ]);
  for (const line of lines) {
    expect(Object.keys(line)).toEqual(["name", "ours", "baseline", "unit", "ratio"]);
    expect(line.ratio).toBeCloseTo(line.ours / line.baseline, 2);
  }
});

test.each([
  [["--only", "p99"], 'no figure is called "p99"'],
  [["--rounds", "x"], '--rounds is a number from 1 to 100, not "x"'],
])("%j ends with code 2 and says why", async (args, message) => {
  const failure = await bench(...args).catch((error: unknown) => error);

  expect(failure).toMatchObject({ code: 2, stderr: expect.stringContaining(message) as unknown });
});

test("a percentile is a sample that so many do not exceed", () => {
  const samples = Array.from({ length: 100 }, (_, n) => n + 1);

  expect([0, 0.5, 0.99, 1].map((share) => percentile(samples, share))).toEqual([1, 51, 100, 100]);
  expect(percentile([7], 0.99)).toBe(7);
});
