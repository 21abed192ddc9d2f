import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { holds } from "../src/report.ts";

const run = promisify(execFile);
const bench = (...args: string[]): Promise<{ stdout: string }> =>
  run(process.execPath, [join(import.meta.dirname, "../src/main.ts"), ...args], { timeout: 100_000 });

const figures = [
  "rtt-50B",
  "rtt-50B-emit",
  "burst-100B",
  "burst-100B-awaited",
  "bulk-16KiB",
  "bulk-64KiB",
  "memory-idle-client",
  "memory-idle-client-5000",
];

test("a quick run prints each figure against each baseline as a line of JSON", { timeout: 120_000 }, async () => {
  const { stdout } = await bench("relay", "--quick", "--rounds", "1", "--json");

  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.map((line) => line["name"])).toEqual(
    figures.flatMap((name) => ["", "-vs-ws", "-vs-plugin"].map((suffix) => `relay.${name}${suffix}`)),
  );
  for (const line of lines) {
    expect(Object.keys(line)).toEqual(["name", "ours", "baseline", "unit", "ratio"]);
    expect(line["ours"]).toBeGreaterThan(0);
    expect(line["ratio"]).toBeCloseTo((line["ours"] as number) / (line["baseline"] as number), 2);
  }
});

test("sender and receiver may have processes of their own", { timeout: 60_000 }, async () => {
  const { stdout } = await bench("relay", "--quick", "--rounds", "1", "--two", "--only", "rtt-50B,bulk-64KiB", "--without", "ws,plugin");

  expect(stdout.match(/^relay\.\S+/gm)).toEqual(["relay.rtt-50B", "relay.bulk-64KiB"]);
});

test.each([
  [["relais"], 'the one bench is "relay", not "relais"'],
  [["relay", "--rounds", "0"], '--rounds is a number from 1 to 100, not "0"'],
  [["relay", "--only", "burst"], 'no figure is called "relay.burst"'],
  [["relay", "--without", "us"], '--without knows ours, hand, ws, plugin and bare, not "us"'],
])("%j ends with code 2 and says why", async (args, message) => {
  const failure = await bench(...args).catch((error: unknown) => error);

  expect(failure).toMatchObject({ code: 2, stderr: expect.stringContaining(message) as unknown });
});

test("a bar is held from its own side", () => {
  expect(holds({ name: "relay.burst-100B", ratio: 7 })).toBe(true);
  expect(holds({ name: "relay.burst-100B", ratio: 6.99 })).toBe(false);
  expect(holds({ name: "relay.rtt-50B", ratio: 1.15 })).toBe(true);
  expect(holds({ name: "relay.rtt-50B", ratio: 1.16 })).toBe(false);
  expect(holds({ name: "relay.bulk-16KiB", ratio: 0.1 })).toBeUndefined();
});
