import { WIRE } from "@peerloom/protocol";
import { describe, expect, test } from "vitest";
import { Outbox } from "../../src/outbox.ts";
import { SendWindow } from "../../src/send-window.ts";

const kib = 1024;
const huge = Number.MAX_SAFE_INTEGER;

interface Sender {
  readonly outbox: Outbox;
  readonly window: SendWindow;
}

/** A window of `maxBytes` before an outbox with `count` frames of `bytes` each, with a binary if they are `isBinary`. */
function sender(maxBytes: number, count: number, bytes: number, isBinary = false): Sender {
  const outbox = new Outbox();
  const parts = isBinary ? [new Uint8Array(1)] : [];
  for (let n = 0; n < count; n++) outbox.push({ text: `[4,${n}]`, parts, bytes });
  return { outbox, window: new SendWindow(outbox, maxBytes) };
}

/** Takes packets until there are none: their frames' numbers. */
function takeAll(window: SendWindow): number[][] {
  const packets: number[][] = [];
  for (let batch = window.take(); batch !== undefined; batch = window.take()) {
    const { first, frames } = batch;
    packets.push(frames.map((_, index) => first + index));
  }
  return packets;
}

describe("a packet", () => {
  test("takes as many frames as it has room for", () => {
    const { window } = sender(1000 * kib, 5, 30 * kib);

    expect(takeAll(window)).toEqual([[0, 1], [2, 3], [4]]);
  });

  test("takes one frame of any size", () => {
    const { window } = sender(1000 * kib, 2, 200 * kib);

    expect(takeAll(window)).toEqual([[0], [1]]);
  });

  test("ends with the first frame that has binaries", () => {
    const { window } = sender(1000 * kib, 3, 10, true);

    expect(takeAll(window)).toEqual([[0], [1], [2]]);
  });
});

describe("a window", () => {
  test("holds back what it has no room for until acknowledgements make some", () => {
    const { window } = sender(100, 10, 30);
    expect(takeAll(window)).toEqual([[0, 1, 2]]);

    expect([window.bytes, window.base, window.next, window.hasUnacknowledged]).toEqual([90, 0, 3, true]);
    window.acknowledge(2);

    expect(takeAll(window)).toEqual([[3, 4]]);
    expect([window.bytes, window.base, window.next]).toEqual([90, 2, 5]);
  });

  test("lets one frame through that is larger than itself", () => {
    const { window } = sender(100, 2, 500);

    expect(takeAll(window)).toEqual([[0]]);
    window.acknowledge(1);
    expect(takeAll(window)).toEqual([[1]]);
  });

  test("is empty after all was acknowledged", () => {
    const { window, outbox } = sender(1000, 3, 10);
    takeAll(window);

    expect(window.acknowledge(3)).toBe(true);

    expect([window.bytes, window.hasUnacknowledged, outbox.bytes, window.take()]).toEqual([0, false, 0, undefined]);
  });

  test.each([
    ["the past", 1],
    ["what is known", 2],
    ["the future", 5],
    ["the largest number", huge],
    ["a negative number", -1],
  ])("takes no acknowledgement of %s", (_what, ack) => {
    const { window } = sender(1000, 4, 10);
    takeAll(window);
    window.acknowledge(2);

    expect(window.acknowledge(ack)).toBe(false);

    expect([window.base, window.next, window.bytes]).toEqual([2, 4, 20]);
  });

  test("that is cleared gives back what was not acknowledged, and numbers go on", () => {
    const { window } = sender(1000, 3, 10);
    takeAll(window);
    window.acknowledge(1);
    window.markLost(1, 2);

    expect(window.clear().map(({ text }) => text)).toEqual(["[4,1]", "[4,2]"]);

    expect([window.base, window.next, window.bytes, window.take()]).toEqual([3, 3, 0, undefined]);
  });
});

describe("data of streams", () => {
  /** Queues a stream's frame of 60 KiB. */
  const pushBulk = ({ outbox }: Sender): void => outbox.push({ text: "[11,1,[1]]", parts: [], bytes: 60 * kib, isBulk: true }, 1);

  test("fills a share of the window only, so that messages find room behind it", () => {
    const world = sender(1000 * kib, 0, 0);
    for (let n = 0; n < 10; n++) pushBulk(world);
    expect(takeAll(world.window)).toEqual([[0], [1], [2], [3]]);

    world.outbox.push({ text: "[4,1]", parts: [], bytes: 500 * kib });

    expect(takeAll(world.window)).toEqual([[4]]);
  });

  test("fills the whole window when no messages travel beside it", () => {
    const world = sender(500 * kib, 0, 0);
    for (let n = 0; n < 10; n++) pushBulk(world);
    world.window.bulkBytes = 500 * kib;

    expect(takeAll(world.window)).toEqual([[0], [1], [2], [3], [4], [5], [6], [7]]);
  });

  test("goes on as acknowledgements make room in its share", () => {
    const world = sender(1000 * kib, 0, 0);
    for (let n = 0; n < 10; n++) pushBulk(world);
    takeAll(world.window);

    world.window.acknowledge(2);

    expect(takeAll(world.window)).toEqual([[4], [5]]);
  });

  test("is sent alone when nothing is under way, however large it is", () => {
    const { outbox, window } = sender(1000 * kib, 0, 0);
    outbox.push({ text: "[11,1,[1]]", parts: [], bytes: 900 * kib, isBulk: true }, 1);

    expect(takeAll(window)).toEqual([[0]]);
  });
});

describe("lost frames", () => {
  test("are sent again first, under their old numbers, before new ones", () => {
    const { window, outbox } = sender(1000, 4, 10);
    takeAll(window);
    outbox.push({ text: "[4,99]", parts: [], bytes: 10 });

    window.markLost(1, 3);

    expect(takeAll(window)).toEqual([[1, 2], [4]]);
    expect(window.bytes).toBe(50);
  });

  test("of several ranges are sent in order, a packet for each", () => {
    const { window } = sender(1000, 6, 10);
    takeAll(window);

    window.markLost(4, 6);
    window.markLost(0, 2);

    expect(takeAll(window)).toEqual([
      [0, 1],
      [4, 5],
    ]);
  });

  test("may be lost again", () => {
    const { window } = sender(1000, 2, 10);
    takeAll(window);
    window.markLost(0, 2);
    takeAll(window);

    window.markLost(0, 1);

    expect(takeAll(window)).toEqual([[0]]);
  });

  test("are not sent when they have been acknowledged meanwhile", () => {
    const { window } = sender(1000, 4, 10);
    takeAll(window);
    window.markLost(0, 4);

    window.acknowledge(3);

    expect(takeAll(window)).toEqual([[3]]);
    expect(window.bytes).toBe(10);
  });

  test("are no longer under way, and so make room", () => {
    const { window } = sender(30, 6, 10);
    expect(takeAll(window)).toEqual([[0, 1, 2]]);
    expect(window.take()).toBeUndefined();

    window.markLost(0, 3);
    window.markLost(1, 2);

    expect(takeAll(window)).toEqual([[0, 1, 2]]);
    expect(window.take()).toBeUndefined();
    window.acknowledge(3);
    expect(takeAll(window)).toEqual([[3, 4, 5]]);
  });

  test.each([
    ["all there are and more", 0, huge],
    ["from before the window", -5, huge],
    ["backwards", huge, 0],
    ["beyond the window", 100, huge],
    ["nothing", 3, 3],
  ])("%s: only what is under way counts, at once", (_what, from, to) => {
    const { window } = sender(10_000, 100, 10);
    takeAll(window);
    window.acknowledge(2);

    window.markLost(from, to);

    const again = takeAll(window).flat();
    expect(again.every((number) => number >= 2 && number < 100)).toBe(true);
    expect([window.base, window.next, window.bytes]).toEqual([2, 100, 980]);
  });
});

describe("a refusal", () => {
  test("halves the window, once for all that was under way", () => {
    const { window } = sender(1000 * kib, 100, 10 * kib);
    takeAll(window);

    window.shrink();
    window.shrink();

    expect(window.limit).toBe(500 * kib);
  });

  test("halves it again when what was sent after the first is refused, too", () => {
    const { window } = sender(1000 * kib, 100, 10 * kib);
    takeAll(window);
    window.shrink();

    window.acknowledge(100);
    window.shrink();

    expect(window.limit).toBeLessThan(500 * kib);
  });

  test("never makes it smaller than a packet", () => {
    const { window } = sender(1000 * kib, 1, 10);
    for (let times = 0; times < 100; times++) {
      takeAll(window);
      window.shrink();
      window.acknowledge(1);
    }

    expect(window.limit).toBe(WIRE.packetBytes);
  });

  test("is made good by a packet for each window acknowledged, up to the full window", () => {
    const { window, outbox } = sender(300 * kib, 30, 10 * kib);
    takeAll(window);
    window.shrink();
    expect(window.limit).toBe(150 * kib);

    window.acknowledge(15);
    expect(window.limit).toBe(150 * kib + WIRE.packetBytes);
    for (let n = 0; n < 100; n++) {
      outbox.push({ text: "[4,1]", parts: [], bytes: 60 * kib });
      takeAll(window);
      window.acknowledge(window.next);
    }

    expect(window.limit).toBe(300 * kib);
  });
});

test("what the peer waits for goes again although what came early fills a window that has shrunk", () => {
  const outbox = new Outbox();
  const window = new SendWindow(outbox, 400_000);
  for (let n = 0; n < 6; n++) outbox.push({ text: `f${n}`, parts: [], bytes: 60_000 });
  const sent = Array.from({ length: 6 }, () => window.take()?.first);
  window.markLost(5, 6);
  window.shrink();
  window.shrink();

  window.markLost(0, 2);

  expect(sent).toEqual([0, 1, 2, 3, 4, 5]);
  expect([window.take()?.first, window.take()]).toEqual([0, undefined]);
  window.acknowledge(1);
  expect(window.take()?.first).toBe(1);
});
