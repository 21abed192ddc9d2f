import { expect, test } from "vitest";
import { quickLines, testRefusals } from "./support/bench.ts";

test("a quick run prints each figure of paths as a line of JSON", { timeout: 120_000 }, async () => {
  const lines = await quickLines("paths");

  const ofLines = ["direct-rtt", "direct-small", "direct-bulk"];
  expect(lines.map(({ name }) => name).filter((name) => !name.startsWith("paths.e2e-cost"))).toEqual([
    "paths.first-message",
    "paths.to-direct",
    "paths.switch-stall",
    ...["", "-werift", "-chromium"].flatMap((platform) => ofLines.map((name) => `paths.${name}${platform}`)),
  ]);
  for (const { ours } of lines) expect(ours).toBeGreaterThan(0);
});

testRefusals("paths", [[["--only", "direct"], 'no figure is called "direct"']]);
