import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const bench = (...args: string[]): Promise<{ stdout: string }> =>
  run(process.execPath, [join(import.meta.dirname, "../src/main.ts"), "peer", ...args], { timeout: 100_000 });

test("a quick run prints each figure of peers as a line of JSON", { timeout: 120_000 }, async () => {
  const { stdout } = await bench("--quick", "--rounds", "1", "--json");

  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { name: string; ours: number; baseline: number; ratio: number });
  const figures = ["connect", "rtt", "small", "bulk"];
  const beside = ["", "-vs-peerjs", "-vs-simple-peer", "-vs-trystero"];
  expect(lines.map(({ name }) => name)).toEqual([
    ...figures.flatMap((figure) => beside.map((suffix) => `peer.chromium.${figure}${suffix}`)),
    ...figures.map((figure) => `peer.werift.${figure}`),
    "peer.werift.bulk-floor",
    ...figures.map((figure) => `peer.native.${figure}`),
  ]);
  for (const line of lines) {
    expect(Object.keys(line)).toEqual(["name", "ours", "baseline", "unit", "ratio"]);
    expect(line.ours).toBeGreaterThan(0);
  }
});

test.each([
  [["--only", "huge"], 'no figure is called "huge"'],
  [["--rounds", "x"], '--rounds is a number from 1 to 100, not "x"'],
])("%j ends with code 2 and says why", async (args, message) => {
  const failure = await bench(...args).catch((error: unknown) => error);

  expect(failure).toMatchObject({ code: 2, stderr: expect.stringContaining(message) as unknown });
});
