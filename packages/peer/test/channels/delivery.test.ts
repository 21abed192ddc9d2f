import { expect, test } from "vitest";
import { channelPair, messages } from "./pair.ts";

/** Holds a few packets back and lets them go in another order. */
function shuffling(seed: number): (data: Uint8Array<ArrayBuffer> | string, to: (data: unknown) => void) => void {
  let state = seed;
  const random = (): number => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  return (data, to) => {
    const late = Math.floor(random() * 6);
    const wait = (left: number): void => {
      if (left === 0) to(data);
      else setImmediate(() => wait(left - 1));
    };
    wait(late);
  };
}

test("an unordered channel delivers all, each once, in whatever order, large messages whole", async () => {
  await using pair = channelPair({ ordered: false });
  pair.network.deliver = shuffling(7);
  pair.network.bytesPerTurn = 100_000;
  const sizes = Array.from({ length: 300 }, (_, index) => (index % 29 === 0 ? 200_000 + index : index));
  const arrived = messages(pair.right, sizes.length);

  for (const size of sizes) {
    pair.left.post("x".repeat(size));
    if (size % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
  }

  const lengths = (await arrived).map((text) => (text as string).length);
  expect(lengths.toSorted((a, b) => a - b)).toEqual(sizes.toSorted((a, b) => a - b));
});

test("a small message overtakes a large one that allows it", async () => {
  await using pair = channelPair();
  pair.network.bytesPerTurn = 20_000;
  const arrived = messages(pair.right, 2);

  await Promise.all([pair.left.send(new Uint8Array(5_000_000), { ordered: false }), pair.left.send("small")]);

  expect((await arrived)[0]).toBe("small");
});

test.each([{ maxRetransmits: 0, ordered: false }, { maxPacketLifeTime: 100 }])(
  "an unreliable channel (%o) loses packets and nothing else",
  async (options) => {
    await using pair = channelPair(options);
    let packets = 0;
    pair.network.deliver = (data, to) => void ((packets += 1) % 3 === 0 || to(data));
    const arrived: number[] = [];
    pair.right.on("message", ({ data }) => arrived.push((data as { index: number }).index));

    for (let index = 0; index < 300; index++) {
      await pair.left.send({ index, pad: "x".repeat(200) });
      if (index % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(() => arrived.length).toBeGreaterThan(150);

    expect(arrived).toEqual(arrived.toSorted((a, b) => a - b));
    expect(new Set(arrived).size).toBe(arrived.length);
  },
);

test("an unreliable channel refuses what does not fit a packet with TOO_LARGE, and carries requests", async () => {
  await using pair = channelPair({ maxRetransmits: 0 });
  pair.right.handle((data) => data);

  await expect(pair.left.send(new Uint8Array(70_000))).rejects.toMatchObject({ code: "TOO_LARGE" });
  expect(() => pair.left.post(new Uint8Array(70_000))).toThrow(expect.objectContaining({ code: "TOO_LARGE" }));
  await expect(pair.left.send(new Blob(["x"]))).rejects.toMatchObject({ code: "TOO_LARGE" });
  await expect(pair.left.sendFile(new Blob(["x"]))).rejects.toMatchObject({ code: "TOO_LARGE" });
  expect(() => pair.left.pair()).toThrow("no stream");

  expect(await pair.left.request("hi", { timeoutMs: 1000 })).toBe("hi");
});

test("messages of an unreliable channel share a packet only as far as one crosses a network whole", async () => {
  await using pair = channelPair({ maxRetransmits: 0 });
  const sizes: number[] = [];
  pair.network.deliver = (data, to) => {
    sizes.push(data.length);
    to(data);
  };
  const arrived = messages(pair.right, 100);

  for (let index = 0; index < 100; index++) pair.left.post("x".repeat(100));
  await arrived;

  expect(Math.max(...sizes)).toBeLessThanOrEqual(1100);
  expect(sizes.length).toBeLessThan(15);
});
