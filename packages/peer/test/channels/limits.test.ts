import { expect, test } from "vitest";
import { Channel } from "../../src/channels/index.ts";
import { channelPair, marks, messages } from "./pair.ts";

test("never gives the data channel more than its high-water mark", async () => {
  await using pair = channelPair({ marks: { highWaterBytes: 65_536, lowWaterBytes: 32_768, maxMessageBytes: 65_536 } });
  pair.network.bytesPerTurn = 10_000;
  pair.right.on("file", ({ file }) => void file.blob());
  const arrived = messages(pair.right, 2001);

  for (let index = 0; index < 2000; index++) pair.left.post(`message ${index}`);
  await Promise.all([pair.left.send(new Uint8Array(500_000)), pair.left.sendFile(new Blob([new Uint8Array(500_000)]))]);
  await arrived;

  expect(pair.ends[0].mostBuffered).toBeGreaterThan(30_000);
  expect(pair.ends[0].mostBuffered).toBeLessThanOrEqual(65_536);
});

test("post returns false above the mark, and drained resolves below it", async () => {
  await using pair = channelPair({ limits: { queueHighWaterBytes: 100_000 } });
  const text = "x".repeat(1000);
  pair.network.isHeld = true;
  let count = 0;
  while (pair.left.post(text)) count += 1;
  const arrived = messages(pair.right, count + 1);

  const drained = pair.left.drained();
  pair.network.release();
  await drained;

  expect(pair.left.queuedBytes).toBeLessThan(100_000);
  expect(await arrived).toHaveLength(count + 1);
});

test("a full queue is OVERFLOW, and nothing of it is lost", async () => {
  await using pair = channelPair({ limits: { maxQueueBytes: 200_000 } });
  pair.network.isHeld = true;
  let count = 0;
  const fill = (): void => {
    for (;;) {
      pair.left.post("x".repeat(1000));
      count += 1;
    }
  };

  expect(fill).toThrow(expect.objectContaining({ code: "OVERFLOW" }));
  await expect(pair.left.send(new Uint8Array(150_000))).rejects.toMatchObject({ code: "OVERFLOW" });
  const arrived = messages(pair.right, count);
  pair.network.release();

  expect(await arrived).toHaveLength(count);
});

test("200,000 messages without waiting all arrive", async () => {
  await using pair = channelPair();
  const arrived = messages(pair.right, 200_000);

  for (let index = 0; index < 200_000; index++) pair.left.post("x".repeat(100));

  expect(await arrived).toHaveLength(200_000);
  expect(pair.left.unackedBytes).toBeLessThan(8 * 1_048_576 + 65_536);
}, 20_000);

test("what is sent and not acknowledged is bounded", async () => {
  await using pair = channelPair({ limits: { maxUnackedBytes: 500_000 } });
  pair.network.isCut = true;

  for (let index = 0; index < 2000; index++) pair.left.post("x".repeat(1000));
  await expect.poll(() => pair.left.unackedBytes).toBeGreaterThan(400_000);

  expect(pair.left.unackedBytes).toBeLessThan(600_000);
  pair.network.isCut = false;
  pair.reconnect();
});

test("a message above the limit is TOO_LARGE, here or at the receiver", async () => {
  await using pair = channelPair({}, { limits: { maxMessageBytes: 100_000 } });
  const arrived = messages(pair.right, 1);

  await expect(pair.right.send(new Uint8Array(100_001))).rejects.toMatchObject({ code: "TOO_LARGE", remote: false });
  expect(() => pair.right.post("x".repeat(100_001))).toThrow("more than a message may have");
  await expect(pair.left.send(new Uint8Array(100_001))).rejects.toMatchObject({ code: "TOO_LARGE", remote: true });
  await expect(pair.left.send(new Blob([new Uint8Array(100_001)]))).rejects.toMatchObject({ code: "TOO_LARGE", remote: true });
  await expect(pair.left.request(new Uint8Array(100_001))).rejects.toMatchObject({ code: "TOO_LARGE", remote: true });
  await pair.left.send("goes on");

  expect(await arrived).toEqual(["goes on"]);
});

test("an answer that the caller does not take rejects the request with TOO_LARGE", async () => {
  await using pair = channelPair({ limits: { maxMessageBytes: 100_000 } }, {});
  pair.right.handle(() => new Uint8Array(100_001));

  await expect(pair.left.request("give")).rejects.toMatchObject({ code: "TOO_LARGE" });
});

test("more in assembly than the receiver holds is OVERFLOW", async () => {
  await using pair = channelPair({ ordered: false, limits: { maxAssemblyBytes: 3_000_000 } });
  pair.network.bytesPerTurn = 50_000;

  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => pair.left.send(new Uint8Array(1_000_000))));

  const refused = outcomes.filter(({ status }) => status === "rejected");
  expect(refused.length).toBeGreaterThan(0);
  for (const outcome of refused) expect(outcome).toMatchObject({ reason: { code: "OVERFLOW", remote: true } });
});

test("aborting a large message frees the line for those behind it", async () => {
  await using pair = channelPair();
  pair.network.bytesPerTurn = 10_000;
  const arrived = messages(pair.right, 2);
  const abort = new AbortController();

  const sends = [
    pair.left.send(new Uint8Array(20_000_000), { signal: abort.signal, onProgress: () => abort.abort() }),
    pair.left.send("second"),
    pair.left.send(new Uint8Array(70_000)),
  ];
  const outcomes = await Promise.allSettled(sends);

  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
  expect(await arrived).toEqual(["second", new Uint8Array(70_000)]);
});

test("what cannot be carried is a TypeError at the caller", async () => {
  await using pair = channelPair();

  for (const value of [() => {}, 1n, Symbol("s"), new Map()]) expect(() => pair.left.post(value)).toThrow(TypeError);
  await expect(pair.left.send({ deep: [() => {}] })).rejects.toThrow(TypeError);
});

test("what post was given may be changed at once", async () => {
  await using pair = channelPair();
  const small = new Uint8Array([1]);
  const large = new Uint8Array(100_000).fill(1);
  const arrived = messages(pair.right, 4);

  for (const bytes of [large, small, large, small]) pair.left.post(bytes);
  small.fill(9);
  large.fill(9);

  expect((await arrived).map((bytes) => (bytes as Uint8Array)[0])).toEqual([1, 1, 1, 1]);
});

test("refuses options that contradict each other or are no limits", () => {
  expect(() => new Channel({ marks, maxRetransmits: 1, maxPacketLifeTime: 1 })).toThrow(TypeError);
  expect(() => new Channel({ marks, limits: { maxQueueBytes: 0 } })).toThrow(RangeError);
});
