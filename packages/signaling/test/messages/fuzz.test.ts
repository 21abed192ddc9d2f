import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const seed = Math.floor(Math.random() * 2 ** 31);
const program = fileURLToPath(new URL("../programs/malformed.ts", import.meta.url));

interface Outcome {
  readonly codes: readonly string[];
  readonly grownBytes: number;
  readonly pairCount: number;
  readonly late: string;
}

test.each(["clear", "sealed"])(
  `100,000 malformed messages, %s, throw nothing but codes, and memory stays flat (seed ${seed})`,
  { timeout: 120_000 },
  async (mode) => {
    const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", program, String(seed), "100000", mode]);
    const { codes, grownBytes, pairCount, late } = JSON.parse(stdout) as Outcome;

    const known = ["", "BAD_SIGNAL", "FORGED", "STALE", "LIMIT", "PROTOCOL_MISMATCH", "CLIENT_ID_TAKEN"];
    expect(codes.filter((code) => !known.includes(code))).toEqual([]);
    expect(grownBytes).toBeLessThan(2_000_000);
    expect(pairCount).toBeLessThanOrEqual(64);
    expect(late).toBe("offer");
  },
);
