import { expect, test } from "vitest";
import { PathBytesCount } from "../../src/path-bytes.ts";
import { Paths } from "../../src/paths.ts";
import { Probes } from "../../src/probes.ts";

test("an answer tells which packet asked by its path, and that older questions there are over", () => {
  const probes = new Probes();
  probes.asked("relay", 5, 1);
  probes.asked("relay", 7, 2);
  probes.asked("direct", 7, 3);

  expect([probes.answered("relay", 7), probes.answered("relay", 5), probes.isWaiting("relay"), probes.answered("direct", 7)]).toEqual([
    2,
    undefined,
    false,
    3,
  ]);
});

test("no more than the newest questions are remembered", () => {
  const probes = new Probes();
  for (let n = 0; n < 100; n++) probes.asked("relay", n, n);

  expect([probes.answered("relay", 50), probes.answered("relay", 80)]).toEqual([undefined, 80]);
});

test("the direct path is taken whenever it is not down, blocked or not", () => {
  const paths = new Paths("up");
  const seen = (["blocked", "up", "down"] as const).map((state) => {
    paths.set("direct", state);
    return [paths.current, paths.isUp, paths.isReachable];
  });
  paths.set("relay", "down");

  expect(seen).toEqual([
    ["direct", false, true],
    ["direct", true, true],
    ["relay", true, true],
  ]);
  expect([paths.isUp, paths.isReachable]).toEqual([false, false]);
});

test("what travels is counted by path", () => {
  const bytes = new PathBytesCount();
  bytes.sent("direct", { text: "12345", attachments: [new Uint8Array(10), new Uint8Array(5)] });
  bytes.received("relay", 7);

  expect(bytes.read()).toEqual({ relay: { sent: 0, received: 7 }, direct: { sent: 20, received: 0 } });
  expect(bytes.total).toBe(27);
});
