import { expect, test } from "vitest";
import { parseOptions } from "../src/options.ts";
import { peer } from "../src/peer/options.ts";
import { quickLines, testRefusals } from "./support/bench.ts";

test("a quick run prints each figure of peers as a line of JSON", { timeout: 120_000 }, async () => {
  const lines = await quickLines("peer");

  const figures = ["connect", "rtt", "small", "bulk"];
  const beside = ["", "-vs-peerjs", "-vs-simple-peer", "-vs-trystero"];
  expect(lines.map(({ name }) => name)).toEqual([
    ...figures.flatMap((figure) => beside.map((suffix) => `peer.chromium.${figure}${suffix}`)),
    ...figures.map((figure) => `peer.werift.${figure}`),
    "peer.werift.bulk-floor",
    ...figures.map((figure) => `peer.native.${figure}`),
  ]);
  for (const { ours } of lines) expect(ours).toBeGreaterThan(0);
});

test("a platform stands for all its figures", () => {
  const { only } = parseOptions(peer, ["--only", "werift,peer.native.rtt"]);

  expect([...only]).toEqual(["werift.connect", "werift.rtt", "werift.small", "werift.bulk", "native.rtt"]);
});

testRefusals("peer", [
  [["--only", "huge"], 'no figure is called "huge"'],
  [["--rounds", "x"], '--rounds is a number from 1 to 100, not "x"'],
  [["--without", "ours"], '--without knows peerjs, simple-peer, trystero, not "ours"'],
]);
