import { expect, test } from "vitest";
import { apiName, belongsTo } from "../../src/p2p/names.ts";
import { packValues, unpackValues } from "../../src/p2p/values.ts";

const odd = { "peerloom:values": [1, 2] };

test.each([[[1]], [[1, "two", [3]]], [[[1, 2]]], [[undefined]], [[odd]], [[odd, 1]]])("%j comes back", (values) => {
  expect(unpackValues(packValues(values))).toEqual(values);
});

test("one value travels as itself, so that others understand it", () => {
  expect(packValues(["x"])).toBe("x");
  expect(packValues([])).toBeUndefined();
});

test("what another program answers is one value, whatever it looks like", () => {
  expect(unpackValues({ "peerloom:values": "no list" })).toEqual([{ "peerloom:values": "no list" }]);
  expect(unpackValues(null)).toEqual([null]);
});

test("names of APIs are unambiguous", () => {
  expect(apiName("math", "add")).toBe("math/add");
  expect(apiName("a/b", "c")).not.toBe(apiName("a", "b/c"));
  expect(apiName("a%2Fb", "c")).not.toBe(apiName("a/b", "c"));
  expect(() => apiName("", "x")).toThrow(TypeError);
  expect(() => apiName("x".repeat(100), "y".repeat(100))).toThrow(TypeError);
});

test("an entry belongs to one service", () => {
  expect(["math", "math/add", "mathematics/add", "mat", "math2"].map((entry) => belongsTo(entry, "math"))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(belongsTo(apiName("a/b", "c"), "a/b")).toBe(true);
  expect(belongsTo(apiName("a/b", "c"), "a")).toBe(false);
});
