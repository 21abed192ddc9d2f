import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const named = /`([\w./-]+\.test\.ts)`: “([^”]+)”/g;

test("each test that the threat model names exists, and each of its threats names one", async () => {
  const page = await readFile(join(root, "docs/threat-model.md"), "utf8");
  const rows = page.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| threat") && !line.startsWith("| ---"));
  const missing: string[] = [];
  for (const row of rows) {
    const tests = [...row.matchAll(named)];
    if (tests.length === 0) missing.push(`no test: ${row}`);
    for (const [, file = "", title = ""] of tests) {
      const source = await readFile(join(root, file), "utf8").catch(() => "");
      const isThere = new RegExp(`test(\\.each\\([\\s\\S]*?\\))?\\(\\s*"${title.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}"`).test(source);
      if (!isThere) missing.push(`${file}: ${title}`);
    }
  }

  expect(rows.length).toBeGreaterThan(40);
  expect(missing).toEqual([]);
});
