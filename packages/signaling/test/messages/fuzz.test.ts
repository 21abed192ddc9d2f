import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { PeerloomError } from "@peerloom/core";
import { randomFrom } from "@peerloom/core/testing";
import { createIdentity, createSignaler, parseEnvelope, parseSignal, type Signaler } from "@peerloom/signaling";
import { expect, test } from "vitest";
import { announced, meet, sdp } from "../secure/room.ts";

const seed = Math.floor(Math.random() * 2 ** 31);
const random = randomFrom(seed);
const below = (max: number): number => Math.floor(random() * max);
const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
const insertions = [
  "[",
  "]",
  "{",
  "}",
  '"',
  "\\",
  ":",
  ",",
  "null",
  "-1",
  "1e999",
  '"__proto__":1,',
  '"type":"offer",',
  "\ud800",
  "\u0000",
];
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A valid message with some damage, or no message at all. */
function damaged(valid: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pick(valid));
  switch (below(6)) {
    case 0:
      return Uint8Array.from({ length: below(200) }, () => below(256));
    case 1:
      return bytes.subarray(0, below(bytes.length));
    case 2:
      for (let count = 1 + below(4); count > 0; count -= 1) bytes[below(bytes.length)] = below(256);
      return bytes;
    case 3: {
      const text = decoder.decode(bytes.subarray(4));
      const at = below(text.length);
      return Uint8Array.of(...bytes.subarray(0, 4), ...encoder.encode(text.slice(0, at) + pick(insertions) + text.slice(at + below(3))));
    }
    case 4:
      // A head of another length than it says.
      bytes[2] = below(4);
      bytes[3] = below(256);
      return bytes;
    default:
      return Uint8Array.of(...bytes.subarray(0, below(bytes.length)), ...pick(valid).subarray(below(100)));
  }
}

/** What a stay says, of each kind. */
async function messagesOf(signaler: Signaler, other: Signaler): Promise<Uint8Array[]> {
  const pair = signaler.meet(await announced(other, signaler));
  return [
    await signaler.announce(),
    await pair.seal({ type: "offer", sdp, metadata: { name: "a" } }),
    await pair.seal({ type: "candidate", candidates: [{ candidate: "candidate:1", sdpMid: "0" }] }),
    await pair.seal({ type: "refuse", code: "X", message: "y" }),
    await signaler.leave(),
  ];
}

function heap(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Feeds both readers of a stay; the code of each refusal, `""` for what was taken. */
async function feed(stay: Signaler, bytes: Uint8Array): Promise<readonly string[]> {
  const codeOf = (error: unknown): string => (PeerloomError.is(error) ? error.code : `not typed: ${String(error)}`);
  return Promise.all([stay.hear(bytes), stay.receive(bytes)].map((read) => read.then(() => "", codeOf)));
}

test.each<[string, number, boolean]>([
  ["100,000 malformed messages in clear", 100_000, false],
  ["20,000 malformed messages where all is sealed", 20_000, true],
])(`%s throw nothing but codes, and memory stays flat (seed ${seed})`, { timeout: 120_000 }, async (_, runs, isSealing) => {
  const make = async (): Promise<Signaler> =>
    createSignaler({ room: "lobby", maxPairs: 64, maxPins: 64, ...(isSealing ? { identity: await createIdentity() } : {}) });
  const [victim, neighbour, sender] = await Promise.all([make(), make(), make()]);
  const valid = await messagesOf(sender, neighbour);
  const toVictim = await messagesOf(sender, victim);
  const ends = await meet(victim, neighbour);
  const codes = new Map<string, number>();
  const round = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) {
      const bytes = damaged(random() < 0.5 ? valid : toVictim);
      parseSignal(bytes);
      parseEnvelope(bytes);
      for (const code of await feed(victim, bytes)) codes.set(code, (codes.get(code) ?? 0) + 1);
    }
  };

  await round(runs / 10);
  const before = heap();
  await round(runs);
  const grown = heap() - before;

  expect(
    [...codes.keys()].filter(
      (code) => !["", "BAD_SIGNAL", "FORGED", "STALE", "LIMIT", "PROTOCOL_MISMATCH", "CLIENT_ID_TAKEN"].includes(code),
    ),
  ).toEqual([]);
  expect(grown).toBeLessThan(2_000_000);
  expect(victim.pairCount).toBeLessThanOrEqual(64);
  const late = await neighbour.receive(await ends.member.seal({ type: "offer", sdp }));
  expect(late.signal).toEqual({ type: "offer", sdp });
});
