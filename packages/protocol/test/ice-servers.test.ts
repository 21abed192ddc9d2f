import { expect, test } from "vitest";
import { parseIceServers } from "../src/index.ts";

const turn = { urls: ["turn:a:1"], username: "1:me", credential: "x" };

test("a list of ICE servers is copied field by field", () => {
  const list = { iceServers: [{ urls: ["stun:a:1"] }, { ...turn, more: 1 }], ttlSeconds: 60, more: 1 };

  expect(parseIceServers(list)).toEqual({ iceServers: [{ urls: ["stun:a:1"] }, turn], ttlSeconds: 60 });
  expect(parseIceServers({ iceServers: [], ttlSeconds: 0 })).toEqual({ iceServers: [], ttlSeconds: 0 });
});

test.each<[string, unknown]>([
  ["nothing", undefined],
  ["no list", { iceServers: {}, ttlSeconds: 1 }],
  ["no time", { iceServers: [] }],
  ["a time that is none", { iceServers: [], ttlSeconds: -1 }],
  ["a server that is none", { iceServers: [null], ttlSeconds: 1 }],
  ["urls that are none", { iceServers: [{ urls: "turn:a:1" }], ttlSeconds: 1 }],
  ["a url that is too long", { iceServers: [{ urls: ["x".repeat(600)] }], ttlSeconds: 1 }],
  ["a name that is none", { iceServers: [{ ...turn, username: 1 }], ttlSeconds: 1 }],
  ["too many", { iceServers: Array.from({ length: 17 }, () => turn), ttlSeconds: 1 }],
])("what is none is refused: %s", (_what, value) => {
  expect(parseIceServers(value)).toBeUndefined();
});
