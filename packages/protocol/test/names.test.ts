import { checkEventName, checkName, instanceOf, isInstance, isName, isSessionId } from "@peerloom/protocol";
import { describe, expect, test } from "vitest";

describe("a name", () => {
  test.each([
    "a",
    " ",
    "__proto__",
    "constructor",
    "peerloom:x",
    "größe",
    "名前",
    "😀",
    "\u0080",
    "\u2028",
    "a".repeat(128),
    "ä".repeat(64),
    "😀".repeat(32),
  ])("may be %j", (name) => {
    expect(isName(name)).toBe(true);
    expect(checkName(name, "a name")).toBe(name);
  });

  test.each([
    ["empty", ""],
    ["129 bytes", "a".repeat(129)],
    ["130 bytes in 65 characters", "ä".repeat(65)],
    ["132 bytes in 33 characters", "😀".repeat(33)],
    ["with a null character", "a\u0000"],
    ["with a line end at its end", "a\n"],
    ["with DEL", "a\u007fb"],
    ["with the last control character", "\u001f"],
    ["half a surrogate pair", "\ud83d"],
    ["the other half", "a\ude00"],
    ["both halves in the wrong order", "\ude00\ud83d"],
    ["a number", 5],
    ["null", null],
    ["undefined", undefined],
    ["an array", ["a"]],
    ["a boxed string", Object("a")],
  ])("may not be %s", (_why, value) => {
    expect(isName(value)).toBe(false);
    expect(() => checkName(value, "the room")).toThrow(/^the room must be a string of 1 to 128 bytes without control characters, not /);
  });

  test("that is refused is not told at length", () => {
    expect(() => checkName("x".repeat(1_000_000), "it")).toThrow(/^.{1,160}$/);
  });
});

test("event names of Peerloom's own are refused", () => {
  expect(checkEventName("greet")).toBe("greet");
  expect(() => checkEventName("peerloom:replay")).toThrow('event names that begin with "peerloom:" are reserved');
  expect(() => checkEventName("")).toThrow(TypeError);
});

test.each<[unknown, boolean]>([
  ["12345678", true],
  ["abcXYZ-_0123456789abcdefghijklmn", true],
  ["1234567", false],
  ["a".repeat(33), false],
  ["alice instance", false],
  ["alice-instance\n", false],
  ["alice.instance", false],
  ["älice-instance", false],
  [12_345_678, false],
  [undefined, false],
])("%j as an instance: %s", (value, isOne) => {
  expect(isInstance(value)).toBe(isOne);
});

test.each<[unknown, boolean]>([
  ["alice-instance.1", true],
  ["alice-instance.9999999999999999", true],
  ["alice-instance.0", false],
  ["alice-instance.01", false],
  ["alice-instance.-1", false],
  ["alice-instance.1e3", false],
  ["alice-instance.", false],
  ["alice-instance", false],
  ["alice-instance.1.1", false],
  ["alice-instance.12345678901234567", false],
  ["alice-instance.1\n", false],
  [null, false],
])("%j as a session id: %s", (value, isOne) => {
  expect(isSessionId(value)).toBe(isOne);
});

test("a session id begins with its instance", () => {
  expect(instanceOf("alice-instance.17")).toBe("alice-instance");
});
