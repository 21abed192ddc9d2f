import { checkMetadata, isMetadata, metadataBytes, type Metadata } from "@peerloom/protocol";
import { describe, expect, test } from "vitest";

const nested = (levels: number): Metadata => (levels === 0 ? 1 : [nested(levels - 1)]);

describe("metadata", () => {
  test.each<[string, Metadata]>([
    ["null", null],
    ["a text", "x"],
    ["numbers", [0, -1.5, 1e300]],
    ["booleans", [true, false]],
    ["an empty object", {}],
    ["an object without prototype", Object.assign(Object.create(null) as object, { a: 1 })],
    ["keys like a prototype's", { constructor: 1, toString: "x", length: 5 }],
    ["32 levels", nested(32)],
  ])("may be %s", (_what, value) => {
    expect(isMetadata(value)).toBe(true);
    expect(checkMetadata(value)).toBe(value);
  });

  test.each<[string, unknown]>([
    ["NaN", NaN],
    ["an infinite number inside", { a: [Infinity] }],
    ["undefined inside", { a: undefined }],
    ["undefined in an array", [undefined]],
    // oxlint-disable-next-line no-sparse-arrays
    ["an array with a hole", [1, , 2]],
    ["a function", () => {}],
    ["a symbol", Symbol("s")],
    ["a BigInt", 1n],
    ["a Date", new Date(0)],
    ["a Map", new Map()],
    ["binary", new Uint8Array(1)],
    ["a class instance", new (class Point {})()],
    ["an object with a method toJSON", { toJSON: () => 1 }],
    ["a key __proto__", JSON.parse('{"__proto__":1}')],
    ["a key __proto__ inside", [{ a: JSON.parse('{"__proto__":1}') as unknown }]],
    ["33 levels", nested(33)],
  ])("may not be %s", (_what, value) => {
    expect(isMetadata(value)).toBe(false);
    expect(() => checkMetadata(value)).toThrow(TypeError);
  });

  test("may not be a cycle", () => {
    const cycle: unknown[] = [];
    cycle.push(cycle, cycle);

    expect(isMetadata(cycle)).toBe(false);
  });

  test("may be left out by the application", () => {
    expect(checkMetadata(undefined)).toBeUndefined();
  });
});

test.each<[Metadata | undefined, number]>([
  [undefined, 0],
  [null, 4],
  ["ä", 4],
  [{ a: "😀" }, 12],
  ["\u0000", 8],
  ["\ud800", 8],
])("%j has %i bytes", (value, bytes) => {
  expect(metadataBytes(value)).toBe(bytes);
});
