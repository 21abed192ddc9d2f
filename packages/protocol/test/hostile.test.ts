import {
  checkMetadata,
  isMetadata,
  parseControl,
  parseFrame,
  parseHandshake,
  parseJson,
  parseNotice,
  parsePacket,
  WIRE,
} from "@peerloom/protocol";
import { describe, expect, test } from "vitest";
import { fillHoles } from "../src/holes.ts";

const megabyte = 1_000_000;
const head = '[1,"alice-instance.1","",0,0,0';
const deep = (levels: number, open: string, close: string): string => open.repeat(levels) + close.repeat(levels);

/** Runs `read` and tells how long it took; nothing here may take a second. */
function timed(read: () => unknown): { readonly result: unknown; readonly isQuick: boolean } {
  const start = performance.now();
  const result = read();
  return { result, isQuick: performance.now() - start < 1000 };
}

describe("a key __proto__ makes a text malformed however it is spelt", () => {
  const letters = Array.from("__proto__");
  const escape = (char: string, isUpper: boolean): string => {
    const hex = char.charCodeAt(0).toString(16);
    return `\\u00${isUpper ? hex.toUpperCase() : hex}`;
  };
  const spellings = [
    "__proto__",
    ...letters.flatMap((_, at) =>
      [true, false].map((isUpper) => letters.map((char, index) => (index === at ? escape(char, isUpper) : char)).join("")),
    ),
    letters.map((char) => escape(char, true)).join(""),
    letters.map((char) => escape(char, false)).join(""),
  ];

  test.each(spellings)("%s", (key) => {
    const texts = [`{"${key}":1}`, `[{"a":[{"b":1,"${key}":{"c":1}}]}]`, `{"a":1,"${key}" :null}`];

    expect(texts.map((text) => JSON.parse(text) as unknown)).not.toContain(undefined);
    expect(texts.map(parseJson)).toEqual([undefined, undefined, undefined]);
    expect(parsePacket(`${head},[0,"x",[${texts[0]}]]]`)).toBeUndefined();
  });

  test.each(["__proto", "__PROTO__", "_\u005fproto__x", "\\\\u005f_proto__", "constructor", "prototype"])(
    "%s is a key like any other",
    (key) => {
      expect(parseJson(`{"${key}":1}`)).toEqual(JSON.parse(`{"${key}":1}`));
    },
  );

  test("as a value it is a text like any other", () => {
    expect(parseJson('["__proto__","\\u005f_proto__"]')).toEqual(["__proto__", "__proto__"]);
  });
});

describe("a text that is nested 100 000 levels deep", () => {
  test.each([
    ["arrays", deep(100_000, "[", "]")],
    ["objects", `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`],
    ["arrays that do not end", "[".repeat(100_000)],
    ["arrays with a key __proto__", deep(100_000, "[", "]").replace("[]", '[{"__proto__":1}]')],
    ["arrays with quotes between them", '["[\\"",'.repeat(100_000)],
  ])("of %s is malformed", (_what, text) => {
    expect(parseJson(text)).toBeUndefined();
    expect(parsePacket(`${head},[0,"x",${text}]]`)).toBeUndefined();
  });

  test("is malformed in metadata that was parsed elsewhere", () => {
    const value: unknown = JSON.parse(deep(100_000, "[", "]"));

    expect(isMetadata(value)).toBe(false);
    expect(() => checkMetadata(value)).toThrow(TypeError);
    expect(parseControl({ type: "metadata", metadata: value })).toBeUndefined();
    expect(parseHandshake({ protocol: 1, instance: "alice-instance", metadata: value })).toBeUndefined();
    expect(parseNotice({ type: "presence", id: "a", state: "here", metadata: value })).toBeUndefined();
  });

  test("does not overflow the stack when a hole leads to its bottom", () => {
    const bottom: unknown[] = [0];
    let values: unknown[] = bottom;
    for (let level = 0; level < 100_000; level++) values = [values];

    expect(fillHoles(values, [[Array.from({ length: 100_001 }, () => 0), "u"]], [])).toBe(true);
    expect(bottom).toEqual([undefined]);
  });
});

test("the deepest packet is read and one deeper is not", () => {
  const packet = (levels: number): string => `${head},[0,"x",[${deep(levels, "[", "]")}]]]`;

  expect(parsePacket(packet(WIRE.maxDepth))).toBeDefined();
  expect(parsePacket(packet(WIRE.maxDepth + 1))).toBeUndefined();
});

test.each([
  ["none", "[]", false],
  ["one", "[1,2]", true],
  ["sixteen", `[${Array.from({ length: 32 }, (_, n) => n).join()}]`, true],
  ["seventeen", `[${Array.from({ length: 34 }, (_, n) => n).join()}]`, false],
  ["one and a half", "[1,2,3]", false],
  ["one of no numbers", '[1,"2"]', false],
  ["one below zero", "[-1,2]", false],
])("a report of gaps, %s: %s", (_what, gaps, isWellFormed) => {
  const text = `[1,"a-instance.1","b-instance.1",0,0,{"g":${gaps}}]`;

  expect(parsePacket(text) !== undefined).toBe(isWellFormed);
});

test("brackets inside texts are no levels", () => {
  const text = JSON.stringify(["[".repeat(1000), `"${"{".repeat(1000)}\\`, { [`\\"${"[".repeat(1000)}`]: "]" }]);

  expect(parseJson(text)).toEqual(JSON.parse(text));
});

describe("a megabyte takes less than a second", () => {
  test.each<[string, string]>([
    ["of brackets", "[".repeat(megabyte)],
    ["of short arrays", `[${"[],".repeat(megabyte / 3)}0]`],
    ["of backslashes in a text", JSON.stringify("\\".repeat(megabyte / 2))],
    ["of quotes in a text", JSON.stringify('"'.repeat(megabyte / 2))],
    ["of backslashes that never end", `"${"\\".repeat(megabyte)}`],
    ["of escapes that might spell __proto__", `["${"\\u005f".repeat(megabyte / 6)}"]`],
    ["of keys that are almost __proto__", `{${'"\\u005f_proto_":1,'.repeat(megabyte / 19)}"a":1}`],
    ["of one number", "1".repeat(megabyte)],
    ["of spaces", `[${" ".repeat(megabyte)}]`],
    ["of frames", `${head}${',[0,"x",[1]]'.repeat(megabyte / 12)}]`],
  ])("%s", (_what, text) => {
    const { isQuick } = timed(() => parsePacket(text) ?? parseFrame(parseJson(text), []));

    expect(isQuick).toBe(true);
  });

  test("of holes", () => {
    const holes = Array.from({ length: 100_000 }, (_, index) => `[[${index}],"u"]`).join(",");
    const text = `[0,"x",[${"0,".repeat(99_999)}0],[${holes}]]`;

    expect(timed(() => parseFrame(parseJson(text), []))).toEqual({ result: undefined, isQuick: true });
  });

  test("of holes with long paths", () => {
    const path = "0,".repeat(200);
    const holes = Array.from({ length: 2500 }, () => `[[${path}0],"u"]`).join(",");

    expect(timed(() => parseFrame(parseJson(`[0,"x",[0],[${holes}]]`), []))).toEqual({ result: undefined, isQuick: true });
  });

  test("of lengths", () => {
    const text = `[7,[${"0,".repeat(megabyte / 2)}0]]`;

    expect(timed(() => parseFrame(parseJson(text), []))).toEqual({ result: undefined, isQuick: true });
  });
});

test("a few holes cannot ask for many copies of one binary", () => {
  const holes = Array.from({ length: 1000 }, (_, index) => [[index], "b", 0, 1]);
  const values = Array.from({ length: 1000 }, () => 0);

  expect(parseFrame([0, "x", values, holes], [new Uint8Array(10 * megabyte)])).toBeUndefined();
});

test("a binary inside the text has at most 1 KiB", () => {
  const frame = (bytes: number): unknown => parseFrame([0, "x", [0], [[[0], "s", Buffer.alloc(bytes).toString("base64")]]], []);

  expect(frame(1024)).toMatchObject({ args: [new Uint8Array(1024)] });
  expect(frame(1027)).toBeUndefined();
});

test("a hole cannot reach an element that is missing, a length or an inherited property", () => {
  // oxlint-disable-next-line no-sparse-arrays
  const values = [[0, , 0], {}, Object.create({ inherited: 0 })];

  expect(
    [
      [0, 1],
      [0, "length"],
      [0, 5],
      [1, "toString"],
      [1, "__proto__", "x"],
      [2, "inherited"],
    ].map((path) => fillHoles(values, [[path, "u"]], [])),
  ).toEqual([false, false, false, false, false, false]);
  expect(Object.hasOwn(Object.prototype, "x")).toBe(false);
});
