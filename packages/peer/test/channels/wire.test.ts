import { randomFrom } from "@peerloom/core/testing";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { BufferPool } from "../../src/channels/buffer-pool.ts";
import { ByteReader } from "../../src/channels/byte-reader.ts";
import { ByteWriter } from "../../src/channels/byte-writer.ts";
import type { Parcel } from "../../src/channels/packet.ts";
import { ReceiveLog } from "../../src/channels/receive-log.ts";
import { SendLog } from "../../src/channels/send-log.ts";
import { parseTextPacket, textPacket } from "../../src/channels/text-packet.ts";
import { encodeValue, readValue } from "../../src/channels/values.ts";

const writer = (): ByteWriter => new ByteWriter(new BufferPool(65_536, 1), 65_536, 0);

test("what a ByteWriter writes a ByteReader reads", () => {
  const numbers = [0, 1, 127, 128, 16_383, 16_384, 2 ** 32, Number.MAX_SAFE_INTEGER];
  const texts = ["", "plain", "zażółć 🧵", "x".repeat(255), "ü".repeat(300), `${"x".repeat(300)}ü`];
  const out = writer();
  for (const number of numbers) out.uint(number);
  out.reserve(10_000);
  for (const text of texts) out.text(text);

  const reader = new ByteReader(out.take(0));

  expect(numbers.map(() => reader.uint())).toEqual(numbers);
  expect(texts.map(() => reader.text())).toEqual(texts);
  expect([reader.isDone, reader.isBroken]).toEqual([true, false]);
});

test("every value is read as it was written", () => {
  const random = randomFrom(12);
  const pick = (below: number): number => Math.floor(random() * below);
  const value = (depth: number): unknown => {
    const kind = pick(depth > 3 ? 6 : 8);
    if (kind === 0) return "é".repeat(pick(40));
    if (kind === 1) return random() * 1e6;
    if (kind === 2) return [null, true, false, undefined, Number.NaN, -0][pick(6)];
    if (kind === 3) return new Uint8Array(pick(3000)).fill(pick(256));
    if (kind < 6) return pick(1000);
    const items = Array.from({ length: pick(4) }, () => value(depth + 1));
    return kind === 6 ? items : Object.fromEntries(items.map((item, index) => [`k${index}`, item]));
  };
  for (let round = 0; round < 500; round++) {
    const given = value(0);
    const { type, content } = encodeValue(given);
    const out = writer();
    out.reserve(65_000);
    if (typeof content === "string") out.text(content);
    else {
      out.uint(content.length);
      out.bytes(content);
    }

    expect(readValue(type, new ByteReader(out.take(0)))).toEqual({ is: given });
  }
});

test.each([
  { type: 0, text: "hello, world", flags: 0, number: 1, ack: 0 },
  { type: 1, text: '{"a":1}', flags: 1, number: 2 ** 40, ack: 36 },
  { type: 0, text: "", flags: 1, number: 35, ack: 1_000_000 },
] as const)("a text packet comes back as it was: %o", (head) => {
  expect(parseTextPacket(textPacket(head, head.flags, head.number, head.ack))).toEqual(head);
});

describe("a send log", () => {
  const parcel = (done: () => void = () => {}): Parcel => ({ content: new Uint8Array(20), size: 20, flags: 0, done: [done] });

  test("keeps what is not acknowledged and gives it again after a rewind", () => {
    const log = new SendLog(new BufferPool(20, 4));
    const parcels = [parcel(), parcel(), parcel()];
    for (const one of parcels) {
      log.add(one);
      log.give(one, 0);
    }

    log.acknowledge(1);
    log.rewind();

    expect([log.count, log.bytes, log.againCount]).toEqual([2, 40, 2]);
    expect(log.again()).toBe(parcels[1]);
    expect((log.give(parcels[1] as Parcel, 7) as Uint8Array).slice(2, 9)).toEqual(new Uint8Array([2, 0, 0, 0, 0, 0, 7]));
  });

  test("refuses an acknowledgement of what was never sent", () => {
    const log = new SendLog(new BufferPool(20, 4));
    log.add(parcel());

    expect([log.acknowledge(2), log.acknowledge(1), log.acknowledge(0)]).toEqual([false, true, true]);
  });

  test("numbers right what is sent while it tells of an acknowledgement", () => {
    const log = new SendLog(new BufferPool(20, 4));
    const late = parcel();
    const first = parcel(() => {
      log.add(late);
      log.give(late, 0);
    });
    log.add(first);
    log.give(first, 0);

    log.acknowledge(1);

    expect((late.content as Uint8Array)[2]).toBe(2);
  });
});

test("a receive log takes each number once, in order or within its reach", () => {
  const ordered = new ReceiveLog(true);
  const free = new ReceiveLog(false);

  expect([1, 1, 3, 2].map((number) => ordered.take(number))).toEqual(["handle", "duplicate", "gap", "handle"]);
  expect([2, 2, 4, 1, 3, 4, 100_000].map((number) => free.take(number))).toEqual([
    "handle",
    "duplicate",
    "handle",
    "handle",
    "handle",
    "duplicate",
    "far",
  ]);
  expect(free.received).toBe(4);
});

test("a pool that rests keeps its buffers for a second, then a few, and none when it is cleared", () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const pool = new BufferPool(64, 16);
  const fill = (): void => {
    for (const buffer of Array.from({ length: 16 }, () => pool.take())) pool.give(buffer);
  };
  fill();
  pool.rest();
  vi.advanceTimersByTime(900);
  fill();
  vi.advanceTimersByTime(900);

  expect(pool.count).toBe(16);
  pool.rest();
  vi.advanceTimersByTime(1000);
  expect(pool.count).toBe(4);
  fill();
  pool.rest();
  pool.clear();
  expect(pool.count).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test("a packet shares no memory with the next one, small or large", () => {
  const packets = new ByteWriter(new BufferPool(4096, 8), 4096, 0);
  const taken = [10, 3000, 20, 3500, 30].map((length, index) => {
    packets.reserve(length);
    packets.bytes(new Uint8Array(length).fill(index + 1));
    return packets.take(0);
  });

  expect(taken.map((bytes) => [bytes.length, ...new Set(bytes)])).toEqual([
    [10, 1],
    [3000, 2],
    [20, 3],
    [3500, 4],
    [30, 5],
  ]);
});

test("a pool keeps a few buffers of its own size only", () => {
  const pool = new BufferPool(64, 1);
  const first = pool.take();

  pool.give(first.subarray(0, 3));
  pool.give(new Uint8Array(64));
  pool.give(new Uint8Array(10));

  expect(pool.take().buffer).toBe(first.buffer);
  expect(pool.take().buffer).not.toBe(first.buffer);
});
