import {
  encodeEvent,
  encodeResponse,
  encodeValues,
  frameBytes,
  parseFrame,
  parseJson,
  splitFrame,
  WIRE,
  type EncodedFrame,
} from "@peerloom/protocol";
import { describe, expect, test } from "vitest";

/** What arrives of some arguments. */
function carry(args: readonly unknown[]): unknown {
  const { text, parts } = encodeEvent('"x"', args);
  const frame = parseFrame(parseJson(text), parts);
  return frame?.type === "event" ? frame.args : undefined;
}

const nested = (levels: number, inner: unknown): unknown => (levels === 0 ? inner : [nested(levels - 1, inner)]);
class Point {
  readonly x = 1;
}
class List extends Array<number> {
  toJSON(): string {
    return "else";
  }
}

describe("what is carried", () => {
  test.each<[string, readonly unknown[]]>([
    ["nothing", []],
    ["undefined in any place", [undefined, 1, undefined, { a: undefined }, [undefined]]],
    ["odd numbers", [NaN, Infinity, -Infinity, -0, 0, 2 ** 53, Number.MIN_VALUE, [-0], { a: NaN }]],
    ["texts", ["", "\u0000\u2028\u2029", "😀", "\ud800", '"\\/', "__proto__"]],
    ["keys", [{ "": 1, "a.b": 2, "0": [3], constructor: 4, toString: undefined, length: NaN }]],
    [
      "binary of no, one and many bytes",
      [new Uint8Array(0), new Uint8Array([255]), new Uint8Array(1024).fill(1), new Uint8Array(1025).fill(2)],
    ],
    ["an ArrayBuffer, small and large", [new Uint8Array([1, 2]).buffer, { deep: [new Uint8Array(2000).fill(3).buffer] }]],
    ["as many binaries as there are holes", [Array.from({ length: WIRE.maxHoles }, (_, index) => new Uint8Array([index, index >> 8]))]],
    ["128 levels, undefined in the last", [nested(WIRE.maxDepth, undefined)]],
    ["texts full of brackets", ["[".repeat(1000), `\\"${"{".repeat(1000)}`, { [`"${"[".repeat(500)}`]: "\\" }]],
  ])("%s", (_what, args) => {
    expect(carry(args)).toStrictEqual(args);
  });

  test("a response of undefined, and of a list", () => {
    const answers = [undefined, null, [], [undefined]].map((value) => {
      const { text, parts } = encodeResponse(1, value);
      return parseFrame(parseJson(text), parts);
    });

    expect(answers).toStrictEqual([
      { type: "response", id: 1, value: undefined },
      { type: "response", id: 1, value: null },
      { type: "response", id: 1, value: [] },
      { type: "response", id: 1, value: [undefined] },
    ]);
  });

  test("a missing element arrives as undefined", () => {
    // oxlint-disable-next-line no-sparse-arrays
    expect([carry([1, , 2]), carry([[, 1]])]).toStrictEqual([[1, undefined, 2], [[undefined, 1]]]);
  });

  test("a Buffer and a view of a part of a buffer arrive as the bytes they show", () => {
    const large = Uint8Array.from({ length: 6000 }, (_, index) => index % 251);

    expect(carry([Buffer.from("hi"), large.subarray(1, 4), large.subarray(100, 3000)])).toStrictEqual([
      new Uint8Array([104, 105]),
      large.slice(1, 4),
      large.subarray(100, 3000),
    ]);
  });

  test("the caller's own values are not changed", () => {
    const bytes = new Uint8Array(2000);
    const value = Object.freeze({ list: Object.freeze([bytes, undefined, -0]), plain: Object.freeze({ a: 1 }) });

    expect(carry([value])).toStrictEqual([{ list: [bytes, undefined, -0], plain: { a: 1 } }]);
    expect(value.list[0]).toBe(bytes);
  });

  test("the same large binary twice is two values", () => {
    const bytes = new Uint8Array(2000);
    const { parts } = encodeValues([bytes, bytes]);

    expect(parts).toEqual([bytes, bytes]);
    expect(carry([bytes, bytes])).toStrictEqual([bytes, bytes]);
  });

  test("an ArrayBuffer and a small binary share no memory with what they came from", () => {
    const large = new Uint8Array(2000);
    const small = new Uint8Array(2);
    const [buffer, inline] = carry([large.buffer, small]) as [ArrayBuffer, Uint8Array];

    large.fill(1);
    small.fill(1);

    expect([new Uint8Array(buffer)[0], inline[0]]).toEqual([0, 0]);
  });
});

describe("what is refused", () => {
  test.each<[string, unknown, RegExp]>([
    ["a function", () => {}, /^argument 1 is a function and cannot be sent$/],
    ["a symbol", Symbol("s"), /^argument 1 is a symbol/],
    ["a BigInt", 1n, /^argument 1 is a bigint/],
    ["a class instance", { a: [new Point()] }, /^argument 1\.a\[0\] is a Point/],
    ["a Date", new Date(0), /is a Date/],
    ["a boxed number", Object(1), /is a Number/],
    ["another typed array", new Float32Array(1), /is a Float32Array/],
    ["a DataView", new DataView(new ArrayBuffer(1)), /is a DataView/],
    ["an object whose prototype is plain", Object.create({}), /is a Object/],
    ["an instance of a class without name", new (class {})(), /is a class instance/],
    ["a promise", Promise.resolve(), /is a Promise/],
    ["an array with toJSON", List.of(1), /is an array with a method toJSON/],
    ["a key __proto__", JSON.parse('{"a":{"__proto__":1}}'), /^argument 1\.a has a key "__proto__"/],
    ["129 levels", nested(WIRE.maxDepth + 1, 1), /nested deeper than 128 levels, or part of a cycle/],
    ["too many values that JSON lacks", Array.from({ length: WIRE.maxHoles + 1 }), /at most 4096 values that JSON lacks/],
  ])("%s", (_what, value, message) => {
    expect(() => encodeValues([value])).toThrow(message);
    expect(() => encodeValues([value])).toThrow(TypeError);
  });

  test("a cycle, also one with many branches", () => {
    const cycle: Record<string, unknown> = {};
    Object.assign(cycle, { a: cycle, b: cycle, c: [cycle] });

    expect(() => encodeValues([cycle])).toThrow(/part of a cycle/);
  });
});

describe("a frame", () => {
  const event = (...args: unknown[]): EncodedFrame => encodeEvent('"x"', args);
  const kinds = (frames: readonly EncodedFrame[]): unknown[] => frames.map(({ text }) => (JSON.parse(text) as unknown[])[0]);

  test.each<[string, EncodedFrame, number[]]>([
    ["that is small goes as it is", event("hi"), [0]],
    ["of 64 KiB goes as it is", event("x".repeat(65_536 - 12)), [0]],
    ["of one more goes in parts", event("x".repeat(65_536 - 11)), [5, 5, 7]],
    ["with 8 binaries goes as it is", event(...Array.from({ length: 8 }, () => new Uint8Array(2000))), [0]],
    ["with 9 binaries goes in parts", event(...Array.from({ length: 9 }, () => new Uint8Array(2000))), [5, 6, 6, 6, 6, 6, 6, 6, 6, 6, 7]],
    ["with a large binary goes in parts", event(new Uint8Array(140_000)), [5, 6, 6, 6, 7]],
  ])("%s", (_what, frame, expected) => {
    expect(kinds(splitFrame(frame))).toEqual(expected);
  });

  test("and its parts stay below the largest packet, whatever is in them", () => {
    const awkward = ['"', "\\", "\u0000", "ä", "名", "😀", "\ud800"].map((text) => text.repeat(200_000));
    const frames = [...awkward.map((text) => event(text)), event("名".repeat(60_000), new Uint8Array(65_536))];
    const sizes = frames
      .flatMap(splitFrame)
      .map(({ text, parts }) => Buffer.byteLength(text) + parts.reduce((sum, part) => sum + part.length, 0));

    expect(Math.max(...sizes)).toBeLessThan(WIRE.maxPacketBytes - 1024);
  });

  test("counts its text in UTF-16 units and its binaries in bytes", () => {
    expect(frameBytes(event("ä", new Uint8Array(2000)))).toBe('[0,"x",["ä",0],[[[1],"b",0]]]'.length + 2000);
  });
});
