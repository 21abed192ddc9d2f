import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../lib/run.ts";
import { fillIn, generatedParts } from "./generated.ts";

test("docs/operating.md lists all options and metrics as they are; tools/docs/main.ts writes them", async () => {
  const page = readFileSync(join(root, "docs/operating.md"), "utf8");

  expect(fillIn(page, await generatedParts())).toBe(page);
});

test("parts go between their marks, and nowhere else", () => {
  const page = "a\n<!-- x -->\nold\n<!-- /x -->\nb\n";

  expect(fillIn(page, { x: "new" })).toBe("a\n<!-- x -->\n\nnew\n\n<!-- /x -->\nb\n");
  expect(() => fillIn(page, { y: "" })).toThrow("the mark <!-- y -->");
});
