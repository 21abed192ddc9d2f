import { randomFrom } from "@peerloom/core/testing";
import { encodeEvent, encodeRequest, parseFrame, parseJson, splitFrame, type EncodedFrame, type Frame } from "@peerloom/protocol";
import { describe, expect, test } from "vitest";
import { Assembler } from "../../src/assembler.ts";

const megabyte = 1_000_000;

/** Feeds the parts of a frame; the message, or undefined when the assembler takes one of them for wrong. */
function assemble(assembler: Assembler, pieces: readonly EncodedFrame[]): Frame | undefined {
  for (const { text, parts } of pieces) {
    const frame = parseFrame(parseJson(text), parts);
    if (frame?.type === "whole") return assembler.finish(0, frame.lengths);
    const part = frame?.type === "textPart" ? frame.text : frame?.type === "binaryPart" ? frame.bytes : undefined;
    if (part === undefined || !assembler.add(0, part)) return undefined;
  }
  return undefined;
}

test("a message that was split is put together again", () => {
  const assembler = new Assembler(10 * megabyte);
  const args = ["名😀".repeat(50_000), new Uint8Array(100_000).fill(1), [new Uint8Array(2000).fill(2)], undefined];
  const pieces = splitFrame(encodeRequest(7, '"put"', args));

  expect(pieces.length).toBeGreaterThan(4);
  expect(assemble(assembler, pieces)).toStrictEqual({ type: "request", id: 7, name: "put", args });
});

test("messages follow each other without a trace", () => {
  const assembler = new Assembler(10 * megabyte);
  const random = randomFrom(3);
  const messages = Array.from({ length: 30 }, (_, n) => [
    "x".repeat(70_000 + random() * 100_000),
    new Uint8Array(random() * 200_000).fill(n),
  ]);

  const arrived = messages.map((args) => assemble(assembler, splitFrame(encodeEvent('"x"', args))));

  expect(arrived).toEqual(messages.map((args) => ({ type: "event", name: "x", args })));
});

test("parts of several streams may come between each other", () => {
  const assembler = new Assembler(megabyte);
  assembler.add(1, "[11,1,[");
  assembler.add(0, '[0,"x",');
  assembler.add(-1, "[11,-1,[2");
  assembler.add(1, "1]]");
  assembler.add(0, "[]]");

  expect(assembler.finish(1, [])).toEqual({ type: "data", stream: 1, values: [1] });
  expect(assembler.finish(0, [])).toEqual({ type: "event", name: "x", args: [] });
  expect(assembler.finish(-1, [])).toBeUndefined();
});

test("what is dropped of one stream makes room for the others, which keep their parts", () => {
  const assembler = new Assembler(megabyte);
  assembler.add(1, "x".repeat(900_000));
  assembler.add(2, "[11,2,[1]]");

  assembler.drop(1);
  assembler.drop(9);

  expect(assembler.add(3, "x".repeat(900_000))).toBe(true);
  expect(assembler.finish(2, [])).toEqual({ type: "data", stream: 2, values: [1] });
});

describe("it refuses", () => {
  test("what grows beyond its limit in all streams together", () => {
    const assembler = new Assembler(megabyte);
    const taken = Array.from({ length: 20 }, (_, stream) => assembler.add(stream, "x".repeat(100_000)));

    expect(taken.filter(Boolean)).toHaveLength(9);
  });

  test("many small parts that cost more to keep than they say", () => {
    const assembler = new Assembler(megabyte);
    let parts = 0;
    while (assembler.add(0, "x")) parts += 1;

    expect(parts).toBeLessThan(megabyte / 200);
  });

  test.each(["[13,2]", "[11,3,[1]]", '[0,"x",[]]'])("a stream's parts that make up %s", (text) => {
    const assembler = new Assembler(megabyte);
    assembler.add(2, text);

    expect(assembler.finish(2, [])).toBeUndefined();
  });

  test("what grows beyond its limit, however it is divided", () => {
    const assembler = new Assembler(megabyte);
    let parts = 0;
    while (assembler.add(0, "x".repeat(1000)) && assembler.add(0, new Uint8Array(1000))) parts += 1;

    expect(parts).toBeLessThanOrEqual(500);
  });

  test.each<[string, readonly (string | Uint8Array)[], readonly number[]]>([
    ["no text", [], []],
    ["a text that is no JSON", ["[0,"], []],
    ["a text that is no frame", ["{}"], []],
    ["a message made of a part", ['[5,"x"]'], []],
    ["a message made of a binary part", ["[6]", new Uint8Array(1)], [1]],
    ["a message made of a whole", ["[7,[]]"], []],
    ["a key __proto__ that was cut in two", ['[0,"x",[{"__pro', 'to__":1}]]'], []],
    ["an escape that was cut in two", ['[0,"x",[{"\\u00', '5f_proto__":1}]]'], []],
    ["more bytes than the lengths say", ['[0,"x",[0],[[[0],"b",0]]]', new Uint8Array(3)], [2]],
    ["fewer bytes than the lengths say", ['[0,"x",[0],[[[0],"b",0]]]', new Uint8Array(3)], [4]],
    ["lengths whose sum is beyond all numbers", ['[0,"x",[0],[[[0],"b",0]]]', new Uint8Array(3)], [2 ** 53 - 1, 2 ** 53 - 1]],
    ["a binary that no hole names", ['[0,"x",[0]]', new Uint8Array(3)], [3]],
    ["lengths without bytes", ['[0,"x",[]]'], [1]],
  ])("%s", (_what, parts, lengths) => {
    const assembler = new Assembler(megabyte);
    for (const part of parts) assembler.add(0, part);

    expect(assembler.finish(0, lengths)).toBeUndefined();
  });
});

test("nothing is left of a message that was refused or cleared", () => {
  const assembler = new Assembler(megabyte);
  const good = splitFrame(encodeEvent('"x"', ["x".repeat(100_000)]));

  assembler.add(0, "nonsense");
  assembler.finish(0, []);
  const afterRefusal = assemble(assembler, good);
  assembler.add(0, "x".repeat(900_000));
  assembler.clear();

  expect(afterRefusal).toMatchObject({ type: "event" });
  expect(assemble(assembler, good)).toEqual(afterRefusal);
});
