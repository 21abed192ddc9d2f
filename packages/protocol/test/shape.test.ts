import { isListOf, isOneOf, isRecord, isText, isUint, parseList, parseShape, parseWireError, type Shape } from "@peerloom/protocol";
import { describe, expect, test } from "vitest";

interface Point {
  readonly x: number;
  readonly label?: string | undefined;
}

const point: Shape<Point> = { x: isUint, label: { optional: isText(5) } };

describe("a shape", () => {
  test.each<[string, unknown, Point]>([
    ["all fields", { x: 1, label: "a" }, { x: 1, label: "a" }],
    ["an optional field left out", { x: 1 }, { x: 1 }],
    ["an optional field that is undefined", { x: 1, label: undefined }, { x: 1 }],
    ["unknown fields", { x: 1, y: 2, __proto: 3 }, { x: 1 }],
    ["an object without prototype", Object.assign(Object.create(null), { x: 1 }), { x: 1 }],
    ["a key __proto__", JSON.parse('{"x":1,"__proto__":{"label":"a"}}'), { x: 1 }],
  ])("takes %s", (_what, value, expected) => {
    expect(parseShape(value, point)).toStrictEqual(expected);
  });

  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["an array", [1]],
    ["a text", "x"],
    ["a missing field", { label: "a" }],
    ["a field of another type", { x: "1" }],
    ["an optional field of another type", { x: 1, label: 5 }],
    ["an optional field that is null", { x: 1, label: null }],
    ["an optional field that is too long", { x: 1, label: "abcdef" }],
    ["an inherited field", Object.create({ x: 1 })],
    ["a field in a key __proto__", JSON.parse('{"__proto__":{"x":1}}')],
  ])("refuses %s", (_what, value) => {
    expect(parseShape(value, point)).toBeUndefined();
  });

  test("whose field is named like an inherited one asks for its own", () => {
    const isFunction = (value: unknown): value is () => string => typeof value === "function";

    expect(parseShape<{ toString: () => string }>({}, { toString: isFunction })).toBeUndefined();
  });
});

test.each<[unknown, boolean]>([
  [0, true],
  [2 ** 53 - 1, true],
  [2 ** 53, false],
  [-1, false],
  [0.5, false],
  [NaN, false],
  [Infinity, false],
  ["1", false],
  [1n, false],
  [null, false],
])("%s as a whole number from 0: %s", (value, isOne) => {
  expect(isUint(value)).toBe(isOne);
});

test("an object is neither null nor an array", () => {
  expect([{}, Object.create(null), null, [], "x", undefined, () => {}].map(isRecord)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});

test("a choice is one of its texts, not of their properties", () => {
  const guard = isOneOf("here", "away");

  expect(["here", "away", "Here", "", "length", 0, undefined].map(guard)).toEqual([true, true, false, false, false, false, false]);
});

test("a list has a largest length and one kind of elements", () => {
  const guard = isListOf(isUint, 2);

  expect([[], [1], [1, 2], [1, 2, 3], [1, -1], { length: 1, 0: 1 }, "12"].map((value) => guard(value))).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

test.each<[string, unknown, unknown]>([
  ["good elements", { list: [{ code: "A", message: "a" }] }, [{ code: "A", message: "a" }]],
  ["no elements", { list: [] }, []],
  ["a bad element", { list: [{ code: "A", message: "a" }, { code: "A" }] }, undefined],
  ["another field", { other: [] }, undefined],
  ["no array", { list: {} }, undefined],
  ["no object", [], undefined],
])("parseList with %s", (_what, value, expected) => {
  expect(parseList(value, "list", parseWireError)).toEqual(expected);
});
