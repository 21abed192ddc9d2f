import { encodeSignal, parseSignal, SIGNAL, type Signal } from "@peerloom/signaling";
import { describe, expect, test } from "vitest";

const encoder = new TextEncoder();
const parse = (value: unknown): Signal | undefined =>
  parseSignal(encoder.encode(typeof value === "string" ? value : JSON.stringify(value)));
const candidate = { candidate: "candidate:1 1 udp 1 192.0.2.1 1 typ host", sdpMid: "0", sdpMLineIndex: 0, usernameFragment: null };

const signals: readonly Signal[] = [
  { type: "announce", metadata: { name: "größe 😀", tags: [1, null, true] } },
  { type: "announce" },
  { type: "leave" },
  { type: "greet" },
  { type: "introduce", metadata: null },
  { type: "offer", sdp: "v=0\r\n", metadata: "text" },
  { type: "answer", sdp: "" },
  { type: "candidate", candidates: [candidate, { candidate: "" }] },
  { type: "refuse", code: "PAIR_REFUSED", message: "not today" },
];

test.each(signals)("$type comes out as it went in", (signal) => {
  expect(parseSignal(encodeSignal(signal))).toEqual(signal);
});

test("unknown fields are left out, those of candidates too", () => {
  expect(parse({ type: "leave", extra: 1 })).toEqual({ type: "leave" });
  expect(parse({ type: "candidate", candidates: [{ candidate: "", extra: 1 }] })).toEqual({
    type: "candidate",
    candidates: [{ candidate: "" }],
  });
});

describe("is malformed:", () => {
  test.each<[string, unknown]>([
    ["no JSON", "{"],
    ["no object", [1]],
    ["null", null],
    ["no type", {}],
    ["an unknown type", { type: "hello" }],
    ["the name of a property all objects have", { type: "constructor" }],
    ["__proto__ as type", '{"type":"__proto__"}'],
    ["__proto__ in metadata", '{"type":"announce","metadata":{"__proto__":{}}}'],
    ["an offer without SDP", { type: "offer" }],
    ["SDP that is no text", { type: "offer", sdp: {} }],
    ["too much SDP", { type: "offer", sdp: "x".repeat(SIGNAL.maxSdpLength + 1) }],
    ["too much metadata", { type: "introduce", metadata: "ä".repeat(SIGNAL.maxMetadataBytes / 2) }],
    ["metadata too deep", `{"type":"announce","metadata":${"[".repeat(100)}${"]".repeat(100)}}`],
    ["nested without end", `{"type":"announce","metadata":${"[".repeat(100_000)}`],
    ["candidates that are no list", { type: "candidate", candidates: { 0: candidate } }],
    ["too many candidates", { type: "candidate", candidates: Array.from({ length: SIGNAL.maxCandidates + 1 }, () => candidate) }],
    ["a candidate too long", { type: "candidate", candidates: [{ candidate: "x".repeat(SIGNAL.maxCandidateLength + 1) }] }],
    ["a line index below 0", { type: "candidate", candidates: [{ ...candidate, sdpMLineIndex: -1 }] }],
    ["a refusal without a code", { type: "refuse", message: "" }],
    ["a code too long", { type: "refuse", code: "x".repeat(SIGNAL.maxCodeLength + 1), message: "" }],
  ])("%s", (_, value) => {
    expect(parse(value)).toBeUndefined();
  });

  test("bytes that are no UTF-8", () => {
    expect(parseSignal(Uint8Array.of(0xff, 0xfe))).toBeUndefined();
  });

  test("more bytes than any signal has", () => {
    expect(parseSignal(new Uint8Array(SIGNAL.maxBytes + 1).fill(0x20))).toBeUndefined();
  });
});

test("the largest description fits", () => {
  expect(parse({ type: "offer", sdp: "x".repeat(SIGNAL.maxSdpLength), metadata: "x".repeat(SIGNAL.maxMetadataBytes - 2) })).toBeDefined();
});
