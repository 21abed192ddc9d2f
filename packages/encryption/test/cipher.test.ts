import { agree, createAgreeKeys, readAgreeKey, type DeriveKey } from "@peerloom/core/crypto";
import { describe, expect, test } from "vitest";
import * as node from "../src/node.ts";
import * as web from "../src/web.ts";

async function derivePair(): Promise<[DeriveKey, DeriveKey]> {
  const [left, right] = await Promise.all([createAgreeKeys(), createAgreeKeys()]);
  const from = async (own: CryptoKey, theirs: string): Promise<DeriveKey> =>
    agree({ own, theirs: (await readAgreeKey(theirs)) as CryptoKey, transcript: "both" });
  return Promise.all([from(left.privateKey, right.publicKey), from(right.privateKey, left.publicKey)]);
}

const bytes = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length).map((_, at) => at % 251);

describe.each([
  ["Node's", node, "WebCrypto's", web],
  ["WebCrypto's", web, "Node's", node],
  ["Node's", node, "Node's", node],
] as const)("what %s cipher seals", (_left, left, _right, right) => {
  test.each([0, 1, 100, 70_000])("%#: %i bytes, the other side's opens as they were", async (length) => {
    const [ours, theirs] = await derivePair();
    const sealer = await left.makeCipher(ours, "a", "b");
    const opener = await right.makeCipher(theirs, "b", "a");

    const box = await sealer.seal(7, bytes(length));

    expect(box.length).toBe(length + 16);
    expect(await opener.open(7, new Uint8Array(box))).toEqual(bytes(length));
  });

  test("nobody opens under another number, in the other direction, changed or cut", async () => {
    const [ours, theirs] = await derivePair();
    const sealer = await left.makeCipher(ours, "a", "b");
    const opener = await right.makeCipher(theirs, "b", "a");
    const box = await sealer.seal(7, bytes(40));
    const changed = Array.from(box.keys(), (at) => box.map((byte, index) => (index === at ? byte ^ 1 : byte)));

    expect(await opener.open(8, new Uint8Array(box))).toBeUndefined();
    expect(await sealer.open(7, new Uint8Array(box))).toBeUndefined();
    for (const length of [0, 10, 15, 16, 55]) expect(await opener.open(7, box.slice(0, length))).toBeUndefined();
    for (const other of changed) expect(await opener.open(7, new Uint8Array(other))).toBeUndefined();
  });
});
