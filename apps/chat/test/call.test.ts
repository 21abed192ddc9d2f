import { expect, test } from "vitest";
import { toQuality, toTiles } from "../src/call/state.ts";
import { gradeOf, qualityWords } from "../src/model/quality.ts";

const camera = {} as MediaStream;
const screen = {} as MediaStream;
const track = (kind: string, isMuted = false) => ({ kind, isMuted });

test("each remote peer is a tile, with what it sends", () => {
  const streams = [
    { label: "camera", stream: camera, tracks: [track("audio", true), track("video")] },
    { label: "screen", stream: screen, tracks: [track("video")] },
    { label: "other", stream: undefined, tracks: [] },
  ];

  expect(toTiles([{ id: "bob", state: "connected", streams }])).toEqual([
    { id: "bob", state: "connected", camera, screen, hasVideo: true, isMuted: true },
  ]);
});

test.each([
  ["new", "connecting"],
  ["connecting", "connecting"],
  ["connected", "connected"],
  ["disconnected", "disconnected"],
])("a peer that is %s is shown as %s", (state, shown) => {
  expect(toTiles([{ id: "bob", state, streams: [] }])).toMatchObject([{ state: shown, hasVideo: false, isMuted: true }]);
});

test.each(["failed", "closed"])("a peer that has %s is not shown", (state) => {
  expect(toTiles([{ id: "bob", state, streams: [] }])).toEqual([]);
});

test.each([
  [{ path: "relay", roundTripMs: undefined, loss: undefined }, "relay", "good"],
  [{ path: "direct", roundTripMs: 0.4, loss: 0 }, "direct · under 1 ms · 0 % loss", "good"],
  [{ path: "direct", roundTripMs: 12.3, loss: 0.004 }, "direct · 12 ms · under 1 % loss", "good"],
  [{ path: "relay", roundTripMs: 200, loss: 0 }, "relay · 200 ms · 0 % loss", "fair"],
  [{ path: "direct", roundTripMs: 20, loss: 0.12 }, "direct · 20 ms · 12 % loss", "poor"],
] as const)("the way %j is said in words", (quality, words, grade) => {
  expect(qualityWords(quality)).toBe(words);
  expect(gradeOf(quality)).toBe(grade);
});

test("the worse of both directions counts, and a TURN server is a relay", () => {
  expect(toQuality({ path: "relay", roundTripMs: 5, lossReceived: 0.01, lossSent: 0.2 })).toEqual({
    path: "relay",
    roundTripMs: 5,
    loss: 0.2,
  });
  expect(toQuality({ path: "host", roundTripMs: 5, lossReceived: undefined, lossSent: undefined })).toEqual({
    path: "direct",
    roundTripMs: 5,
    loss: undefined,
  });
});
