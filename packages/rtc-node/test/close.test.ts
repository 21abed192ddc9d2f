import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { backends } from "./support/backends.ts";

const program = join(import.meta.dirname, "programs/close.ts");

test.each(backends)(
  "a process that closes its connections of $name ends by itself",
  async ({ name }) => {
    // libwebrtc may crash while a process ends, when all is said and closed.
    const crashed = name === "wrtc" ? ["SIGSEGV", "SIGABRT"] : [];
    const { stdout, signal } = await promisify(execFile)(process.execPath, [program, name], { timeout: 10_000 }).then(
      ({ stdout: said }) => ({ stdout: said, signal: null }),
      (error: { stdout: string; signal: string | null }) => error,
    );

    expect([null, ...crashed]).toContain(signal);
    expect(stdout).toBe("closed\n");
  },
  15_000,
);
