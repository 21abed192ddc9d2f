import { randomFrom } from "@peerloom/core/testing";
import { describe, expect, test } from "vitest";
import { PacketAssembly, toPieces } from "../src/packets.ts";

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => index % 251);

test.each([
  ["a short text", "hello", []],
  ["a text with letters of three bytes", "€".repeat(40_000), []],
  ["a long text", "x".repeat(80_000), []],
  ["an empty attachment", "[1]", [bytes(0)]],
  ["an attachment as long as a piece", "[1]", [bytes(65_536)]],
  ["eight attachments", "[1]", Array.from({ length: 8 }, (_, index) => bytes(index * 9000))],
])("%s comes back as it was, in pieces that fit", (_what, text, attachments) => {
  const assembly = new PacketAssembly();

  const pieces = toPieces({ text, attachments }, 16_384);
  const results = pieces.map((piece) => assembly.add(piece));

  expect(pieces.filter((piece) => piece.length > 16_384)).toEqual([]);
  expect(results.slice(0, -1).filter((result) => result !== "more")).toEqual([]);
  expect(results.at(-1)).toEqual({ text, attachments });
  expect(assembly.bytes).toBe(0);
});

describe("a remote that is hostile", () => {
  const forged = (...values: number[]): Uint8Array => Uint8Array.from(values);

  test.each([
    ["nothing", [forged()]],
    ["no head", [forged(0)]],
    ["a head that is cut", [forged(0, 2, 0, 0)]],
    ["an unknown mark", [forged(7, 0, 0, 0, 0, 0)]],
    ["more attachments than there may be", [forged(0, 9, ...Array<number>(60).fill(0))]],
    ["a text longer than it is", [forged(0, 0, 255, 255, 255, 255, 65)]],
    ["more than it said", [forged(0, 0, 0, 0, 0, 1, 65, 66)]],
    ["a text between pieces", [forged(1, 0, 0), "text"]],
  ])("cannot pass %s", (_what, pieces) => {
    const assembly = new PacketAssembly();

    const results = pieces.map((piece) => assembly.add(piece));

    expect(results.at(-1)).toBe("bad");
    expect(assembly.bytes).toBe(0);
  });

  test("cannot have more kept than a mebibyte", () => {
    const assembly = new PacketAssembly();
    const piece = new Uint8Array(65_536);
    piece[0] = 1;

    const results = Array.from({ length: 17 }, () => assembly.add(piece));

    expect(results.at(-1)).toBe("bad");
    expect(assembly.bytes).toBe(0);
  });

  test("throws nothing by whatever bytes", () => {
    const random = randomFrom(7);
    const assembly = new PacketAssembly();

    for (let n = 0; n < 5000; n++) {
      const noise = Uint8Array.from({ length: Math.floor(random() * 40) }, () => Math.floor(random() * 256));
      if (random() < 0.7 && noise.length > 1) noise[0] = random() < 0.5 ? 0 : 1;
      assembly.add(noise);
    }

    expect(assembly.bytes).toBeLessThanOrEqual(1_048_576);
  });
});
