import { PeerloomError, toWireError } from "@peerloom/core";
import { expect, test } from "vitest";

class Hostile extends Error {
  get code(): string {
    throw new Error("code");
  }

  override get message(): string {
    throw new Error("message");
  }
}

const withFields = (fields: object): Error => Object.assign(new Error("text"), fields);
const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

test.each<[string, unknown, { code: string; message: string }]>([
  ["an error", new Error("text"), { code: "HANDLER_ERROR", message: "text" }],
  ["an error of ours", new PeerloomError("TIMEOUT", "late"), { code: "TIMEOUT", message: "late" }],
  ["an error with a code of its own", withFields({ code: "ENOENT" }), { code: "ENOENT", message: "text" }],
  ["a number as code", withFields({ code: 42 }), { code: "HANDLER_ERROR", message: "text" }],
  ["an object as code", withFields({ code: { toString: () => "X" } }), { code: "HANDLER_ERROR", message: "text" }],
  ["an empty code", withFields({ code: "" }), { code: "HANDLER_ERROR", message: "text" }],
  ["a code with a space", withFields({ code: "no code" }), { code: "HANDLER_ERROR", message: "text" }],
  ["a code with a line end", withFields({ code: "CODE\n" }), { code: "HANDLER_ERROR", message: "text" }],
  ["a code of 65 characters", withFields({ code: "C".repeat(65) }), { code: "HANDLER_ERROR", message: "text" }],
  ["a code of 64 characters", withFields({ code: "C".repeat(64) }), { code: "C".repeat(64), message: "text" }],
  ["a message that is a number", withFields({ message: 5 }), { code: "HANDLER_ERROR", message: "something without a message was thrown" }],
  ["getters that throw", new Hostile(), { code: "HANDLER_ERROR", message: "something without a message was thrown" }],
  ["a revoked proxy", revoked(), { code: "HANDLER_ERROR", message: "something without a message was thrown" }],
  ["an object like an error", { code: "E", message: "plain", stack: "secret" }, { code: "E", message: "plain" }],
  ["an object without a prototype", Object.create(null), { code: "HANDLER_ERROR", message: "something without a message was thrown" }],
  ["a function", () => "source", { code: "HANDLER_ERROR", message: "something without a message was thrown" }],
  ["null", null, { code: "HANDLER_ERROR", message: "null" }],
  ["undefined", undefined, { code: "HANDLER_ERROR", message: "undefined" }],
  ["a string", "text", { code: "HANDLER_ERROR", message: "text" }],
  ["a symbol", Symbol("s"), { code: "HANDLER_ERROR", message: "Symbol(s)" }],
  ["a BigInt", 1n, { code: "HANDLER_ERROR", message: "1" }],
])("%s crosses the wire as code and message only", (_name, thrown, expected) => {
  expect(toWireError(thrown)).toEqual(expected);
});

test("what has no code gets the fallback that was asked for", () => {
  expect(toWireError(new Error("text"), "BAD_REQUEST").code).toBe("BAD_REQUEST");
  expect(toWireError("text", "BAD_REQUEST").code).toBe("BAD_REQUEST");
});

test("a huge message is cut, but not through a character", () => {
  const { message } = toWireError(new Error(`${"x".repeat(1023)}${"😀".repeat(1_000_000)}`));

  expect(message).toBe("x".repeat(1023));
  expect(toWireError("😀".repeat(512)).message).toBe("😀".repeat(512));
});

test("an error keeps its code, cause and origin", () => {
  const cause = new Error("deep");
  const local = new PeerloomError("TIMEOUT", "late", { cause });
  const remote = new PeerloomError("ENOENT", "no file", { remote: true });

  expect(local).toMatchObject({ name: "PeerloomError", code: "TIMEOUT", message: "late", cause, remote: false });
  expect(local).toBeInstanceOf(Error);
  expect(remote).toMatchObject({ code: "ENOENT", remote: true });
  expect(Object.hasOwn(remote, "cause")).toBe(false);
});

test("is() knows errors of another copy of the package, and their codes", () => {
  const foreign = Object.assign(new Error("x"), { name: "PeerloomError", code: "TIMEOUT" });

  expect([PeerloomError.is(foreign), PeerloomError.is(foreign, "TIMEOUT"), PeerloomError.is(foreign, "CLOSED")]).toEqual([
    true,
    true,
    false,
  ]);
  for (const other of [undefined, null, "TIMEOUT", new Error("x"), { name: "PeerloomError", code: "TIMEOUT" }]) {
    expect(PeerloomError.is(other)).toBe(false);
  }
});
