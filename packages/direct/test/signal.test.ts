import { expect, test } from "vitest";
import { encodeSignal, parseSignal, type Signal } from "../src/signal.ts";

const sdp = "v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n";

test.each<Signal>([
  { type: "want", attempt: 0 },
  { type: "close", attempt: 3, reason: "full" },
  { type: "link", attempt: 1, message: { type: "offer", sdp } },
  { type: "link", attempt: 1, message: { type: "answer", sdp } },
  {
    type: "link",
    attempt: 2,
    message: { type: "candidate", candidates: [{ candidate: "candidate:1 1 UDP 1 127.0.0.1 9 typ host", sdpMid: "0" }] },
  },
])("$type comes back as it was", (signal) => {
  expect(parseSignal(JSON.parse(JSON.stringify(encodeSignal(signal))) as unknown[])).toEqual(signal);
});

test.each([
  ["nothing", []],
  ["an unknown word", ["constructor", 1]],
  ["a negative number", ["want", -1]],
  ["no number", ["want", "1"]],
  ["a description that is none", ["offer", 1, 7]],
  ["a description that is too long", ["offer", 1, "x".repeat(70_000)]],
  ["a description with media", ["offer", 1, `${sdp}m=video 9 UDP/TLS/RTP/SAVPF 96\r\n`]],
  ["candidates that are none", ["candidate", 1, [7]]],
  ["too many candidates", ["candidate", 1, Array.from({ length: 65 }, () => ({ candidate: "x" }))]],
  ["an unknown reason", ["close", 1, "because"]],
])("%s is no message about a direct path", (_what, args) => {
  expect(parseSignal(args)).toBeUndefined();
});
