import { expect, test } from "vitest";
import { holds } from "../src/report.ts";
import { benchCommand, quickLines, testRefusals } from "./support/bench.ts";

const figures = [
  "rtt-50B",
  "rtt-50B-emit",
  "burst-100B",
  "burst-100B-awaited",
  "bulk-16KiB",
  "bulk-64KiB",
  "memory-idle-client",
  "memory-idle-client-5000",
];

test("a quick run prints each figure against each baseline as a line of JSON", { timeout: 120_000 }, async () => {
  const lines = await quickLines("relay");

  expect(lines.map(({ name }) => name)).toEqual(
    figures.flatMap((name) => ["", "-vs-ws", "-vs-plugin"].map((suffix) => `relay.${name}${suffix}`)),
  );
  for (const { ours } of lines) expect(ours).toBeGreaterThan(0);
});

test("sender and receiver may have processes of their own", { timeout: 60_000 }, async () => {
  const stdout = await benchCommand("relay", "--quick", "--rounds", "1", "--two", "--only", "rtt-50B,bulk-64KiB", "--without", "ws,plugin");

  expect(stdout.match(/^relay\.\S+/gm)).toEqual(["relay.rtt-50B", "relay.bulk-64KiB"]);
});

testRefusals("relais", [[[], 'there is no bench "relais"']]);
testRefusals("relay", [
  [["--rounds", "0"], '--rounds is a number from 1 to 100, not "0"'],
  [["--only", "burst"], 'no figure is called "burst"'],
  [["--without", "us"], '--without knows ours, hand, ws, plugin, bare, not "us"'],
]);

test("a process whose words are wrong ends with code 2 and says why", async () => {
  const failure = await benchCommand("relais").catch((error: unknown) => error);

  expect(failure).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no bench "relais"') as unknown });
});

test("a bar is held from its own side", () => {
  expect(holds({ name: "relay.burst-100B", ratio: 7 })).toBe(true);
  expect(holds({ name: "relay.burst-100B", ratio: 6.99 })).toBe(false);
  expect(holds({ name: "relay.rtt-50B", ratio: 1.15 })).toBe(true);
  expect(holds({ name: "relay.rtt-50B", ratio: 1.16 })).toBe(false);
  expect(holds({ name: "relay.bulk-16KiB", ratio: 0.1 })).toBeUndefined();
});
