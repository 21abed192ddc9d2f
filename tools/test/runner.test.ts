import { describe, expect, test } from "vitest";
import { findPrograms } from "./programs.ts";
import type { Machine, Program } from "./programs.ts";
import { lastLine, summarize } from "./report.ts";
import type { VitestReport } from "./report.ts";

const file = (name: string, statuses: readonly string[], status = "passed"): VitestReport["testResults"][number] => ({
  name: `/root/${name}`,
  status,
  assertionResults: statuses.map((each, index) => ({ status: each, fullName: `test ${index}` })),
});

describe("the report", () => {
  test("sums over folders and names what was skipped", () => {
    const testResults = [
      file("packages/a/test/x.test.ts", ["passed", "skipped"]),
      file("packages/a/test/y.test.ts", ["passed"]),
      file("e2e/test/z.test.ts", ["failed", "todo"], "failed"),
    ];

    const summary = summarize({ testResults }, "/root", ["packages/a", "e2e"]);

    expect(lastLine(summary)).toBe("2 passed, 1 failed, 2 skipped");
    expect(summary.skippedNames).toEqual(["packages/a/test/x.test.ts: test 1", "e2e/test/z.test.ts: test 1"]);
    expect(summary.byFolder.get("packages/a")).toEqual({ passed: 2, failed: 0, skipped: 1 });
  });

  test("counts a file that does not load and a package without tests as failed", () => {
    const summary = summarize({ testResults: [file("packages/a/test/x.test.ts", [], "failed")] }, "/root", ["packages/a", "packages/b"]);

    expect(lastLine(summary)).toBe("0 passed, 2 failed");
    expect(summary.problems).toEqual(["packages/a/test/x.test.ts failed outside of its tests", "packages/b has no tests"]);
  });
});

describe("programs", () => {
  const wanted: Program[] = [{ name: "Redis", apt: "redis-server", env: "X_REDIS", candidates: ["redis-server", "/opt/redis"] }];
  const machine = (files: string[], env: NodeJS.ProcessEnv = {}, installs: string[] = []): Machine => ({
    env: { PATH: "/usr/bin:/bin", ...env },
    exists: (path) => files.includes(path),
    install: async () => {
      files.push(...installs);
      return installs.length > 0;
    },
  });

  test("are found on PATH, by a full path or by their variable", async () => {
    const found = [machine(["/bin/redis-server"]), machine(["/opt/redis"]), machine(["/mine"], { X_REDIS: "/mine" })].map((each) =>
      findPrograms(wanted, each),
    );

    expect(await Promise.all(found)).toEqual(
      ["/bin/redis-server", "/opt/redis", "/mine"].map((path) => ({ ok: true, env: { X_REDIS: path } })),
    );
  });

  test("are installed when missing", async () => {
    expect(await findPrograms(wanted, machine([], {}, ["/usr/bin/redis-server"]))).toEqual({
      ok: true,
      env: { X_REDIS: "/usr/bin/redis-server" },
    });
  });

  test("that cannot be installed end in the command that does it", async () => {
    const found = await findPrograms(wanted, machine([]));

    expect(found).toMatchObject({
      ok: false,
      message: expect.stringContaining("sudo apt-get update && sudo apt-get install -y redis-server"),
    });
  });

  test("that a variable names but that are not there are said", async () => {
    expect(await findPrograms(wanted, machine([], { X_REDIS: "/gone" }))).toEqual({
      ok: false,
      message: "X_REDIS is /gone, but there is no such file",
    });
  });
});
