import { expect, test } from "vitest";
import { cutBody, decodeFrames, encodeFrame } from "../../src/cluster/frames.ts";

const join = (...frames: readonly Uint8Array[][]): Buffer => Buffer.concat(frames.flat());

test("frames come out of a message as they went in, large binaries uncopied", () => {
  const large = Buffer.alloc(20_000, "x");
  const first = encodeFrame('["a"]', ["ä", large, "end"], 2 + large.length + 3);
  const message = join(first, encodeFrame('{"type":"hello"}'));

  const frames = decodeFrames(message) ?? [];

  expect(first).toContain(large);
  expect(frames.map(({ head }) => head)).toEqual([["a"], { type: "hello" }]);
  expect(cutBody(frames[0]?.body ?? Buffer.alloc(0), [2, large.length, 3])?.map(String)).toEqual(["ä", large.toString(), "end"]);
});

test("a message that is cut anywhere, or has no JSON where it should, is none", () => {
  const message = join(encodeFrame('["a"]', ["text"], 4));

  for (let length = 1; length < message.length; length++) expect(decodeFrames(message.subarray(0, length))).toBeUndefined();
  expect(decodeFrames(join(encodeFrame("{")))).toBeUndefined();
  expect(decodeFrames(join(encodeFrame('{"__proto__":1}')))).toBeUndefined();
});

test("a body is cut only by sizes that fit it", () => {
  const body = Buffer.from("abcdef");

  expect(cutBody(body, [2, 4])?.map(String)).toEqual(["ab", "cdef"]);
  expect(cutBody(body, [2, 3])).toBeUndefined();
  expect(cutBody(body, [7])).toBeUndefined();
});
