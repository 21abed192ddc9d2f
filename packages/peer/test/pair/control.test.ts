import { randomFrom } from "@peerloom/core/testing";
import { describe, expect, test } from "vitest";
import { encodeControl, parseControl, type ControlMessage } from "../../src/pair/control.ts";

const messages: { readonly [T in ControlMessage["type"]]: Extract<ControlMessage, { readonly type: T }> } = {
  offer: {
    type: "offer",
    offer: 1,
    sdp: "v=0",
    streams: [{ label: "camera", metadata: { a: [1] }, tracks: [{ id: "t", kind: "video", mid: "1", isMuted: false }] }],
  },
  answer: { type: "answer", offer: 1, sdp: "v=0" },
  reject: { type: "reject", offer: 2 },
  turn: { type: "turn", what: "ask" },
  candidates: { type: "candidates", candidates: [{ candidate: "candidate:1", sdpMid: "0", sdpMLineIndex: 0, usernameFragment: null }] },
  streams: { type: "streams", streams: [{ label: "camera", tracks: [{ id: "t", kind: "audio", isMuted: true }] }] },
  unwanted: { type: "unwanted", isAll: false, labels: ["camera"] },
  metadata: { type: "metadata", metadata: null },
  channel: { type: "channel", id: "a1", label: "chat", ordered: false, maxRetransmits: 0, protocol: "p", metadata: "m" },
  "channel-close": { type: "channel-close", id: "b12" },
  ping: { type: "ping", ping: 7 },
  pong: { type: "pong", ping: 7 },
  bye: { type: "bye" },
};

describe("the control codec", () => {
  test.each(Object.values(messages))("brings $type as it was, without what nobody knows", (message) => {
    const extra = JSON.stringify({ ...JSON.parse(encodeControl(message)), surplus: 1 });

    expect(parseControl(extra)).toEqual(message);
  });

  test("leaves unknown fields out of nested lists too", () => {
    const text = `{"type":"streams","streams":[{"label":"x","evil":1,"tracks":[{"id":"t","kind":"audio","isMuted":true,"evil":1}]}]}`;

    expect(parseControl(text)).toEqual({ type: "streams", streams: [{ label: "x", tracks: [{ id: "t", kind: "audio", isMuted: true }] }] });
  });

  test.each([
    "",
    "null",
    "[]",
    `{"type":"constructor"}`,
    `{"type":"__proto__"}`,
    `{"type":["offer"]}`,
    `{"type":"offer","offer":1,"sdp":"v=0"}`,
    `{"type":"offer","offer":-1,"sdp":"v=0","streams":[]}`,
    `{"type":"streams","streams":[{"label":"","tracks":[]}]}`,
    `{"type":"streams","streams":[{"label":"x","tracks":[{"id":"t","kind":"text","isMuted":true}]}]}`,
    `{"type":"channel","id":"c1","label":"x"}`,
    `{"type":"channel","id":"a0","label":"x"}`,
    `{"type":"channel","id":"a1","label":"x","maxRetransmits":70000}`,
    `{"type":"metadata","metadata":"${"x".repeat(5000)}"}`,
    `{"type":"candidates","candidates":[{"candidate":1}]}`,
  ])("refuses %s", (text) => {
    expect(parseControl(text)).toBeUndefined();
  });

  test("never throws, whatever is changed in a message", () => {
    const random = randomFrom(7);
    const texts = Object.values(messages).map((message) => encodeControl(message));
    let dropped = 0;
    for (let round = 0; round < 20_000; round++) {
      const text = texts[Math.floor(random() * texts.length)] ?? "";
      const at = Math.floor(random() * text.length);
      const junk = ['"', "{", "}", "[", "]", "null", "9", "\\u0000", "__proto__"][Math.floor(random() * 9)] ?? "";
      // What it throws fails this test; to expect each that it does not takes far longer than the parsing.
      if (parseControl(text.slice(0, at) + junk + text.slice(at + Math.floor(random() * 3))) === undefined) dropped += 1;
    }

    expect(dropped).toBeGreaterThan(10_000);
  });
});
