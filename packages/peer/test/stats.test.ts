import { describe, expect, test } from "vitest";
import { readStats } from "../src/stats.ts";

const report = (local: string, remote: string, more: readonly (readonly [string, object])[] = []): [string, object][] => [
  ["T", { type: "transport", selectedCandidatePairId: "P" }],
  [
    "P",
    {
      type: "candidate-pair",
      localCandidateId: "L",
      remoteCandidateId: "R",
      currentRoundTripTime: 0.02,
      bytesSent: 1000,
      bytesReceived: 2000,
    },
  ],
  ["L", { type: "local-candidate", candidateType: local }],
  ["R", { type: "remote-candidate", candidateType: remote }],
  ...more.map(([key, value]): [string, object] => [key, value]),
];

describe("stats", () => {
  test.each([
    ["host", "host", "host"],
    ["host", "prflx", "prflx"],
    ["srflx", "host", "srflx"],
    ["relay", "host", "relay"],
    ["host", "relay", "relay"],
  ])("a path from %s to %s is %s", (local, remote, path) => {
    expect(readStats("x", report(local, remote), { at: 0, last: undefined, roundTripMs: undefined })[0].path).toBe(path);
  });

  test("rates are those since the last sample", () => {
    const last = { at: 0, bytesSent: 500, bytesReceived: 0 };
    const [stats, sample] = readStats("x", report("host", "host"), { at: 2000, last, roundTripMs: 1 });

    expect(stats).toMatchObject({ roundTripMs: 20, sendBitrate: 2000, receiveBitrate: 8000, lossReceived: undefined });
    expect(sample).toEqual({ at: 2000, bytesSent: 1000, bytesReceived: 2000 });
  });

  test("loss is counted over all media, on both sides", () => {
    const media: [string, object][] = [
      ["I1", { type: "inbound-rtp", packetsLost: 10, packetsReceived: 90 }],
      ["I2", { type: "inbound-rtp", packetsLost: 0, packetsReceived: 100 }],
      ["O", { type: "remote-inbound-rtp", fractionLost: 0.25 }],
    ];

    expect(readStats("x", report("host", "host", media), { at: 0, last: undefined, roundTripMs: 1 })[0]).toMatchObject({
      lossReceived: 0.05,
      lossSent: 0.25,
    });
  });

  test("a report that says nothing is read as nothing", () => {
    expect(readStats("x", [["a", {}]], { at: 0, last: undefined, roundTripMs: 3 })[0]).toMatchObject({
      path: "unknown",
      roundTripMs: 3,
      bytesSent: 0,
    });
  });
});
