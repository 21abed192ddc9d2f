import { packText, unpackText, WIRE } from "@peerloom/protocol";
import { expect, test } from "vitest";

const long = `[1,"${"ü😀\ufeff".repeat(WIRE.packedTextLength)}"]`;

test("a long text without attachments becomes bytes, and text again", () => {
  const packed = packText({ text: long, attachments: [] });

  expect(packed.text).toBe("");
  expect(packed.attachments).toEqual([new TextEncoder().encode(long)]);
  expect(unpackText(packed)).toEqual({ text: long, attachments: [] });
});

test.each([
  { text: "[1]", attachments: [] },
  { text: "x".repeat(WIRE.packedTextLength - 1), attachments: [] },
  { text: long, attachments: [new Uint8Array(1)] },
])("a short packet and one with attachments stay as they are", (packet) => {
  expect(packText(packet)).toBe(packet);
  expect(unpackText(packet)).toBe(packet);
});

test("a packet without text and with several attachments is not a packed one", () => {
  const packet = { text: "", attachments: [new Uint8Array(1), new Uint8Array(1)] };

  expect(unpackText(packet)).toBe(packet);
});

test("bytes that are no UTF-8 are no text", () => {
  expect(unpackText({ text: "", attachments: [new Uint8Array([0x5b, 0xff, 0x5d])] })).toBeUndefined();
});
