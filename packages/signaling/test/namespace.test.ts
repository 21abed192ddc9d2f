import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { escapeNamespace, type Namespace } from "../src/index.ts";
import { sha256 } from "../src/sha256.ts";

test("SHA-256 is that of Node for every length around its blocks", () => {
  for (let length = 0; length < 200; length++) {
    const data = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 255);

    expect(Buffer.from(sha256(data)).toString("hex")).toBe(createHash("sha256").update(data).digest("hex"));
  }
});

const parts = [
  "",
  "a",
  "b",
  "A",
  "a:b",
  "a.b",
  "a b",
  "a.",
  ".",
  ":",
  ">",
  "*",
  "=",
  "~",
  "$SYS",
  "ä",
  "a\u0308",
  "\ud800",
  "\udc00",
  "\ufffd",
  "\0",
];
const long = ["x".repeat(48), "x".repeat(49), "x".repeat(10_000), `${"x".repeat(9999)}y`, "é".repeat(10), "é".repeat(9)];

test("different namespaces have different addresses", () => {
  const texts = [...parts, ...long];
  const namespaces: Namespace[] = texts.flatMap((room) => [[room] as const, ...texts.map((peer) => [room, peer] as const)]);

  const addresses = namespaces.map(escapeNamespace);

  expect(new Set(addresses).size).toBe(namespaces.length);
});

test("an address is short and a token of any broker", () => {
  for (const room of [...parts, ...long]) {
    expect(escapeNamespace([room])).toMatch(/^[\w=~-]{1,48}$/);
    expect(escapeNamespace([room, room])).toMatch(/^[\w=~-]{1,48}\.[\w=~-]{1,48}$/);
  }
});

test("addresses stay as they are: other programs and older versions compute them too", () => {
  expect(escapeNamespace(["lobby"])).toBe("lobby");
  expect(escapeNamespace(["a:b", "ü"])).toBe("a=003ab.=00fc");
  expect(escapeNamespace(["", ""])).toBe("=.=");
  expect(escapeNamespace(["x".repeat(49)])).toBe("~kLSurzH31wpSFh6qwHAHS94SJ72sPMpZvPjSoplgj5U");
});

test("what is no namespace is refused", () => {
  for (const wrong of [undefined, null, "a", [], [1], ["a", 1], ["a", "b", "c"], ["a", undefined]]) {
    expect(() => escapeNamespace(wrong as unknown as Namespace)).toThrow(TypeError);
  }
});
