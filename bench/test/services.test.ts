import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { Confirmations, Confirmed } from "../src/load/confirmations.ts";
import { Publishing } from "../src/load/publishing.ts";

const run = promisify(execFile);
const bench = (...args: string[]): Promise<{ stdout: string }> =>
  run(process.execPath, [join(import.meta.dirname, "../src/main.ts"), "services", ...args], { timeout: 100_000 });

test("a quick run prints each figure of services and topics as a line of JSON", { timeout: 120_000 }, async () => {
  const { stdout } = await bench("--quick", "--rounds", "1", "--two", "--json");

  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { name: string; ours: number; baseline: number; ratio: number });
  expect(lines.map(({ name }) => name)).toEqual([
    "services.calls-64",
    "services.call-latency",
    "topics.fanout-1000",
    "topics.fanout-1000-alone",
    "topics.fanout-1000-burst",
  ]);
  for (const line of lines) {
    expect(Object.keys(line)).toEqual(["name", "ours", "baseline", "unit", "ratio"]);
    expect(line.ratio).toBeCloseTo(line.ours / line.baseline, 2);
  }
});

test.each([
  [["--only", "calls"], 'no figure is called "calls"'],
  [["--rounds", "x"], '--rounds is a number from 1 to 100, not "x"'],
])("%j ends with code 2 and says why", async (args, message) => {
  const failure = await bench(...args).catch((error: unknown) => error);

  expect(failure).toMatchObject({ code: 2, stderr: expect.stringContaining(message) as unknown });
});

test("a publisher has no more under way than its window, and waits for the slowest part of its subscribers", async () => {
  const [fast, slow] = [new Confirmations(), new Confirmations()];
  const confirmed = await Confirmed.connect([await fast.listen(), await slow.listen()]);
  let [published, mostUnderWay] = [0, 0];
  const publish = (): void => {
    published += 1;
    mostUnderWay = Math.max(mostUnderWay, published - confirmed.count);
    const count = published;
    fast.confirm(count);
    setTimeout(() => slow.confirm(count), 1);
  };

  const messagesPerS = await new Publishing({ publish }, confirmed).run({ pattern: "turns", window: 3, durationMs: 30 });

  expect(messagesPerS).toBeGreaterThan(0);
  expect(mostUnderWay).toBe(3);
  expect(confirmed.count).toBe(published);
});
