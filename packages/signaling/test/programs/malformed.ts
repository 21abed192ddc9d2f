// Feeds a stay in a room with malformed messages and prints what came of it, in a process of its own: there memory can be measured.
// Arguments: seed, number of messages, "sealed" or "clear".
import { PeerloomError } from "@peerloom/core";
import { randomFrom } from "@peerloom/core/testing";
import { createIdentity, createSignaler, parseEnvelope, parseSignal, type Signaler } from "@peerloom/signaling";
import { announced, meet, sdp } from "../secure/room.ts";

const [seed, runs, mode] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];
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

/** Bytes in use once the garbage is gone; some of it goes only in a later turn. */
async function usedBytes(): Promise<number> {
  for (let turn = 0; turn < 4; turn += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function make(): Promise<Signaler> {
  const identity = mode === "sealed" ? createIdentity() : undefined;
  const options = { room: "lobby", maxPairs: 64, maxPins: 64 };
  return identity === undefined ? createSignaler(options) : identity.then((made) => createSignaler({ ...options, identity: made }));
}

const codes = new Map<string, number>();
const [victim, neighbour, sender] = await Promise.all([make(), make(), make()]);
const valid = await messagesOf(sender, neighbour);
const toVictim = await messagesOf(sender, victim);
const ends = await meet(victim, neighbour);

async function read(reading: Promise<unknown>): Promise<void> {
  let code = "";
  try {
    await reading;
  } catch (error) {
    code = PeerloomError.is(error) ? error.code : `not typed: ${String(error)}`;
  }
  codes.set(code, (codes.get(code) ?? 0) + 1);
}

async function feed(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const bytes = damaged(random() < 0.5 ? valid : toVictim);
    parseSignal(bytes);
    parseEnvelope(bytes);
    await Promise.all([read(victim.hear(bytes)), read(victim.receive(bytes))]);
  }
}

// Until the tables are full and the code is compiled.
await feed(runs / 4);
const before = await usedBytes();
await feed(runs);
const grownBytes = (await usedBytes()) - before;
const late = await neighbour.receive(await ends.member.seal({ type: "offer", sdp }));
process.stdout.write(JSON.stringify({ codes: [...codes.keys()], grownBytes, pairCount: victim.pairCount, late: late.signal.type }));
