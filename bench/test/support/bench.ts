import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { bench } from "../../src/bench.ts";
import type { Line } from "../../src/report.ts";

const run = promisify(execFile);

/** Runs the command to its end; rejects when its code is not 0. @returns what it printed. */
export async function benchCommand(...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, "../../src/main.ts"), ...args], { timeout: 150_000 });
  return stdout;
}

/** A run of one tiny round. @returns its lines of JSON, of the promised form. */
export async function quickLines(...args: string[]): Promise<Line[]> {
  const stdout = await benchCommand(...args, "--quick", "--rounds", "1", "--json");
  const lines = stdout
    .trim()
    .split("\n")
    .map((text) => JSON.parse(text) as Line);
  for (const line of lines) {
    expect(Object.keys(line)).toEqual(["name", "ours", "baseline", "unit", "ratio"]);
    expect(line.ratio).toBeCloseTo(line.ours / line.baseline, 2);
  }
  return lines;
}

/** Tests that wrong words end with code 2, and with what is wrong on standard error. */
export function testRefusals(name: string, refusals: readonly (readonly [args: readonly string[], message: string])[]): void {
  test.each(refusals)(`${name} %j ends with code 2 and says why`, async (args, message) => {
    const said = vi.spyOn(console, "error").mockReturnValue();

    expect(await bench([name, ...args])).toBe(2);
    expect(said).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(message));
  });
}
