import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const read = (path: string): string => readFileSync(join(import.meta.dirname, path), "utf8");
/** The union stands in the source only. */
const [, union = ""] = /export type ErrorCode =([^;]*);/.exec(read("../src/error.ts")) ?? [];
const codes = Array.from(union.matchAll(/"([A-Z_]+)"/g), ([, code]) => code);
const documented = Array.from(read("../../../docs/errors.md").matchAll(/^\| `([A-Z_]+)` \|/gm), ([, code]) => code);

test("every code stands in docs/errors.md, in the same order, and no other does", () => {
  expect(codes.length).toBeGreaterThan(20);
  expect(documented).toEqual(codes);
});

test("every row says what happened, who raises it, when it is seen and what to do", () => {
  const rows = Array.from(read("../../../docs/errors.md").matchAll(/^\| `.*$/gm), ([row]) => row.split(" | ").map((cell) => cell.trim()));

  expect(rows.filter((cells) => cells.length !== 5 || cells.some((cell) => cell.replace("|", "").trim() === ""))).toEqual([]);
});
