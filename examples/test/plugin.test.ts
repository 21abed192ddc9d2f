import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const folder = join(import.meta.dirname, "../plugin");
const programs = readdirSync(folder).filter((name) => /^(client|server)-.*\.ts$/.test(name));

/** What a program says that it prints. */
const printsOf = (code: string): string[] => [...code.matchAll(/\/\/ prints: (.*)$/gm)].map(([, line = ""]) => line.trim());

describe("the programs of the plugin's document", () => {
  test("there is one for each of its sections", () => {
    const parts = ["core", "message", "service", "stream"];

    expect(programs.toSorted()).toEqual(["client", "server"].flatMap((side) => parts.map((part) => `${side}-${part}.ts`)));
  });

  test.each(programs)("%s runs, ends and prints what it says", { timeout: 30_000 }, async (name) => {
    const file = join(folder, name);
    const lines = printsOf(readFileSync(file, "utf8"));

    const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: 25_000 });

    expect(lines.length).toBeGreaterThan(2);
    expect(stdout.trimEnd().split("\n")).toEqual(lines);
  });

  test.each(programs)("the README names %s", (name) => {
    expect(readFileSync(join(folder, "README.md"), "utf8")).toContain(`(${name})`);
  });
});
