import { isDeepStrictEqual } from "node:util";
import { randomFrom } from "@peerloom/core/testing";
import {
  encodeData,
  encodeEvent,
  encodeOpen,
  encodePacket,
  encodeRequest,
  encodeResponse,
  isMetadata,
  isName,
  isRecord,
  parseControl,
  parseFrame,
  parseHandshake,
  parseJson,
  parseList,
  parseMember,
  parseNotice,
  parsePacket,
  parsePeerStatus,
  parseQuestion,
  parseReply,
  parseWelcome,
} from "@peerloom/protocol";
import { beforeEach, describe, expect, test } from "vitest";
import { freshSeed, randomValue } from "./random-value.ts";

const seed = freshSeed();
const runs = 60_000;
const hostile: readonly unknown[] = [
  null,
  undefined,
  -1,
  -0,
  0.5,
  NaN,
  2 ** 53,
  1e308,
  "",
  "__proto__",
  "constructor",
  "\u0000",
  "\ud800",
  [],
  {},
  [[]],
  [0, 0],
  JSON.parse('{"__proto__":{"polluted":1}}'),
  Object.create(null),
  Object.freeze({ type: "close" }),
  new Uint8Array(1),
  new Date(0),
  () => {},
  Symbol("s"),
  1n,
  "x".repeat(300),
];
const insertions = [
  "[",
  "]",
  "{",
  "}",
  '"',
  "\\",
  "\\u005f",
  ",",
  ":",
  "0",
  "-",
  "1e999",
  "null",
  '"__proto__":1,',
  '[[0,"__proto__"],"u"]',
  "\u0000",
  "😀",
  "\ud800",
];

interface Fuzz {
  below(max: number): number;
  pick<T>(list: readonly T[]): T;
  /** Another text: with pieces cut out, doubled, swapped or put in. */
  mutateText(text: string): string;
  /** Another value: with something replaced, removed or added at some depth. */
  mutate(value: unknown): unknown;
}

function fuzzFrom(random: () => number): Fuzz {
  const below = (max: number): number => Math.floor(random() * max);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const mutateOnce = (text: string): string => {
    const at = below(text.length + 1);
    const end = Math.min(text.length, at + 1 + below(8));
    switch (below(4)) {
      case 0:
        return text.slice(0, at) + text.slice(end);
      case 1:
        return text.slice(0, end) + text.slice(at);
      case 2:
        return text.slice(0, at) + pick(insertions) + text.slice(at);
      default:
        return text.slice(0, at) + String.fromCharCode(32 + below(95)) + text.slice(at + 1);
    }
  };
  const mutate = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null || random() < 0.2) return pick(hostile);
    const isList = Array.isArray(value);
    const entries = Object.entries(value);
    const at = below(entries.length + 1);
    const [key = pick(["type", "__proto", "ids", "0"]), item] = entries[at] ?? [];
    const kept = random() < 0.8 ? [[key, mutate(item)] as [string, unknown]] : [];
    const next = [...entries.slice(0, at), ...kept, ...entries.slice(at + 1)];
    return isList ? next.map(([, element]) => element) : Object.fromEntries(next);
  };
  return {
    below,
    pick,
    mutate,
    mutateText: (text) => Array.from({ length: 1 + below(3) }).reduce<string>(mutateOnce, text),
  };
}

/** The keys of the prototypes that everything inherits from. */
const prototypeKeys = (): PropertyKey[] =>
  [Object.prototype, Array.prototype, Function.prototype, Uint8Array.prototype].flatMap((one) => Reflect.ownKeys(one));

describe(`mutated input (seed ${seed})`, () => {
  let fuzz: Fuzz;
  let random: () => number;
  const before = prototypeKeys();

  beforeEach(() => {
    random = randomFrom(seed);
    fuzz = fuzzFrom(random);
  });

  test("in packets: nothing throws, nothing is polluted, and some get through", () => {
    const header = { source: "alice-instance.1", destination: "bob-instance.1", first: 3, ack: 4 };
    const parts = [new Uint8Array(2000), new Uint8Array(3000)];
    let [packets, frames] = [0, 0];

    for (let run = 0; run < runs; run++) {
      const args = [randomValue(random, 3), ...(run % 5 === 0 ? parts : [])];
      const makers = [
        () => encodeEvent('"x"', args),
        () => encodeRequest(1, '"x"', args),
        () => encodeResponse(1, args),
        () => encodeOpen(1, "x", 5, args),
        () => encodeData(-1, args),
      ];
      const frame = fuzz.pick(makers)();
      const extension = fuzz.pick([undefined, { h: 5 }, { e: 5, g: [1, 2] as const }, { x: "CLOSED" }]);
      const text = fuzz.mutateText(
        encodePacket({ ...header, extension }, [fuzz.pick(["[4,1]", "[7,[1]]", '[5,"x"]', "[6]", "[9,1,5]", "[13,1]"]), frame.text]),
      );
      const packet = parsePacket(text);
      packets += Number(packet !== undefined);
      for (const raw of packet?.frames ?? []) frames += Number(parseFrame(raw, fuzz.pick([frame.parts, parts, []])) !== undefined);
    }

    expect(prototypeKeys()).toEqual(before);
    expect(Math.min(packets, frames)).toBeGreaterThan(runs / 100);
  });

  test("in frames: nothing throws, nothing is polluted, and some get through", () => {
    const parts = [new Uint8Array(2000)];
    const streams = [
      [5, "x", 1],
      [8, 1, "x", 5, [{}]],
      [9, 1, 5],
      [10, 1, "E", "m"],
      [11, 1, [{ a: 1 }]],
      [12, 1, 5],
      [13, 1],
      [14, 1, "E", "m"],
    ];
    let frames = 0;

    for (let run = 0; run < runs; run++) {
      const { text, parts: own } = encodeEvent('"x"', [randomValue(random, 3), parts[0]]);
      const raw = fuzz.pick([parseJson(text), [1, 2, "x", []], [2, 1, [1]], [3, 1, "E", "m"], [4, 1], [5, "x"], [6], [7, [1]], ...streams]);
      frames += Number(
        parseFrame(run % 3 === 0 ? parseJson(fuzz.mutateText(text)) : fuzz.mutate(raw), fuzz.pick([own, parts, []])) !== undefined,
      );
    }

    expect(prototypeKeys()).toEqual(before);
    expect(frames).toBeGreaterThan(runs / 100);
  });

  test("in the objects of the socket: nothing throws, nothing is polluted, and what gets through keeps its shape", () => {
    const member = { id: "bob", instance: "bob-instance", state: "here", head: 1, metadata: { a: [1] } };
    const good: readonly unknown[] = [
      { protocol: 1, instance: "alice-instance", clientId: "alice", resume: "r", token: "t", metadata: { a: [1, { b: null }] } },
      { clientId: "alice", resume: "r", relayId: "relay", sessionTimeoutMs: 1, maxPacketBytes: 1, metadata: null },
      { type: "watch", ids: ["a", "b"] },
      { type: "join", room: "lobby", head: 0, metadata: [1] },
      { type: "list", after: "a", limit: 1 },
      { type: "pair", to: "bob", from: "bob", metadata: {} },
      { type: "presence", id: "bob", state: "here", instance: "bob-instance", reason: "closed" },
      { type: "member", room: "lobby", change: "join", member },
      { type: "room-refused", room: "lobby", code: "BUSY", message: "m" },
      { ok: true, value: member },
      { ok: false, error: { code: "E", message: "m" } },
      member,
      { members: [member, member] },
    ];
    const parsers: readonly ((value: unknown) => unknown)[] = [
      parseHandshake,
      parseWelcome,
      parseControl,
      parseReply,
      parseNotice,
      parseQuestion,
      parseMember,
      parsePeerStatus,
      (value) => parseList(value, "members", parseMember),
      (value) => (isMetadata(value) ? JSON.stringify(value) : undefined),
      (value) => (isName(value) ? value : undefined),
    ];
    let parsed = 0;
    const changed: unknown[] = [];

    for (let run = 0; run < runs; run++) {
      const value = fuzz.mutate(fuzz.pick(good));
      for (const parse of parsers) {
        const result = parse(value);
        parsed += Number(result !== undefined);
        // What was taken once is taken again, unchanged.
        if (isRecord(result) && !isDeepStrictEqual(parse(result), result)) changed.push(result);
      }
    }

    expect(prototypeKeys()).toEqual(before);
    expect(changed).toEqual([]);
    expect(parsed).toBeGreaterThan(runs / 100);
  });
});
