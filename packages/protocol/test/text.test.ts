import { randomFrom } from "@peerloom/core/testing";
import { cutText, utf8Length } from "@peerloom/protocol";
import { expect, test } from "vitest";

const texts = [
  "",
  "a",
  "\u007f\u0080",
  "\u07ff\u0800",
  "\uffff",
  "😀",
  "a😀b😀",
  "\ud83d",
  "\ude00",
  "\ud83d\ud83d\ude00\ude00",
  "a\ud83d",
  "\ud83da",
  "\udbff\udfff",
];

/** Texts of all kinds of units, with many surrogates. */
function randomText(random: () => number): string {
  const unit = (): number => Math.floor(random() < 0.5 ? random() * 0x1_0000 : 0xd800 + random() * 0x800);
  return String.fromCharCode(...Array.from({ length: Math.floor(random() * 40) }, unit));
}

test.each(texts)("%j has as many bytes as when it is encoded", (text) => {
  expect(utf8Length(text)).toBe(Buffer.byteLength(text));
});

test("so has any text", () => {
  const random = randomFrom(1);
  const many = Array.from({ length: 20_000 }, () => randomText(random));

  expect(many.filter((text) => utf8Length(text) !== Buffer.byteLength(text))).toEqual([]);
});

test.each<[string, number, string[]]>([
  ["", 5, []],
  ["abc", 5, ["abc"]],
  ["abcdef", 3, ["abc", "def"]],
  ["abcdefg", 3, ["abc", "def", "g"]],
  ["ab😀cd", 3, ["ab", "😀c", "d"]],
  ["😀😀", 2, ["😀", "😀"]],
  ["😀😀", 3, ["😀", "😀"]],
  ["ab\ud83d", 3, ["ab\ud83d"]],
  ["a\ude00\ude00b", 2, ["a\ude00", "\ude00b"]],
  ["😀", 1, ["😀"]],
])("%j cut at %i", (text, size, pieces) => {
  expect(cutText(text, size)).toEqual(pieces);
});

test("pieces of any text are short, make up the text, and are well-formed where it is", () => {
  const random = randomFrom(2);
  const many = Array.from({ length: 20_000 }, () => ({ text: randomText(random), size: 2 + Math.floor(random() * 8) }));
  const isCutWell = ({ text, size }: { text: string; size: number }): boolean => {
    const pieces = cutText(text, size);
    const isShort = pieces.every((piece) => piece.length > 0 && piece.length <= size);
    return pieces.join("") === text && isShort && (!text.isWellFormed() || pieces.every((piece) => piece.isWellFormed()));
  };

  expect(many.filter((one) => !isCutWell(one))).toEqual([]);
});
