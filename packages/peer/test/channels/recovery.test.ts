import { PeerloomError } from "@peerloom/core";
import { describe, expect, test } from "vitest";
import { Channel } from "../../src/channels/index.ts";
import { MemoryNetwork } from "./memory-pair.ts";
import { channelPair, isSame, marks, messages } from "./pair.ts";

describe.each([{ ordered: true }, { ordered: false }])("a reliable channel with ordered $ordered", ({ ordered }) => {
  test("loses nothing and doubles nothing when its path is cut again and again", async () => {
    await using pair = channelPair({ ordered });
    const count = 3000;
    const arrived = messages(pair.right, count);
    const back = messages(pair.left, count);
    pair.network.bytesPerTurn = 20_000;

    for (let index = 0; index < count; index++) {
      const size = index % 101 === 0 ? 200_000 : index % 50;
      pair.left.post({ index, pad: "x".repeat(size) });
      pair.right.post(index);
      if (index % 300 === 299) {
        pair.network.isCut = true;
        await turns(3);
        pair.network.isCut = false;
        pair.reconnect();
        await turns(2);
      }
    }

    const indices = (await arrived).map((value) => (value as { index: number }).index);
    const backwards = (await back) as number[];
    const sorted = Array.from({ length: count }, (_, index) => index);
    expect(ordered ? indices : indices.toSorted((a, b) => a - b)).toEqual(sorted);
    expect(ordered ? backwards : backwards.toSorted((a, b) => a - b)).toEqual(sorted);
  });
});

test("a send waits while there is no data channel and resolves over the next one", async () => {
  await using pair = channelPair();
  await pair.left.send("first");
  pair.left.detach();
  pair.right.detach();
  const arrived = messages(pair.right, 1);

  const sent = pair.left.send("second");
  expect(pair.left.state).toBe("detached");
  pair.reconnect();

  await sent;
  expect(await arrived).toEqual(["second"]);
});

test("a request that was cut on its way there or back is handled once and answered", async () => {
  await using pair = channelPair();
  let calls = 0;
  pair.right.handle(() => ++calls);
  await pair.left.request("warm up");
  pair.network.isCut = true;

  const answers = [pair.left.request(1), pair.left.request(2)];
  await turns(4);
  pair.network.isCut = false;
  pair.reconnect();

  expect(await Promise.all(answers)).toEqual([2, 3]);
});

test("a file goes on where it was cut", async () => {
  await using pair = channelPair();
  const content = Uint8Array.from({ length: 9_000_000 }, (_, index) => (index * 7) % 256);
  const received = new Promise<Blob>((resolve, reject) => pair.right.on("file", ({ file }) => void file.blob().then(resolve, reject)));
  let cuts = 0;

  await pair.left.sendFile(new Blob([content]), {
    onProgress: ({ bytes }) => {
      if (bytes < (cuts + 1) * 2_000_000) return;
      cuts += 1;
      pair.network.isCut = true;
      setImmediate(() => {
        pair.network.isCut = false;
        pair.reconnect();
      });
    },
  });

  expect(cuts).toBeGreaterThan(2);
  expect(isSame(new Uint8Array(await (await received).arrayBuffer()), content)).toBe(true);
});

test("a new channel object on the other side ends this one with PEER_RESTARTED", async () => {
  await using pair = channelPair();
  await pair.left.send("hello");
  pair.left.detach();
  const pending = pair.left.send("lost");
  await using other = new Channel({ marks });
  const [near, far] = new MemoryNetwork().pair();

  other.attach(far);
  pair.left.attach(near);

  await expect(pending).rejects.toMatchObject({ code: "PEER_RESTARTED" });
  expect(pair.left.state).toBe("closed");
});

test("a channel that stays without a data channel ends with PEER_LOST", async () => {
  await using pair = channelPair({ detachedTimeoutMs: 20 });
  await pair.left.send("hello");
  pair.ends[0].closed();

  const pending = pair.left.send("lost");

  await expect(pending).rejects.toMatchObject({ code: "PEER_LOST" });
});

test("close with an error rejects everything that is pending with it", async () => {
  await using pair = channelPair();
  pair.network.isHeld = true;
  pair.right.handle(() => new Promise(() => {}));
  const { readable, writable } = pair.left.pair();
  const pending = [
    pair.left.send("small"),
    pair.left.send(new Uint8Array(3_000_000)),
    pair.left.send(new Blob(["a blob"])),
    pair.left.sendFile(new Blob(["x".repeat(100_000)])),
    pair.left.request("question"),
    readable.getReader().read(),
    writable.getWriter().write(new Uint8Array(500_000)),
  ];
  const outcomes = Promise.allSettled(pending);

  await pair.left.close(new PeerloomError("PEER_LOST", "gone for good"));

  for (const outcome of await outcomes) expect(outcome).toMatchObject({ status: "rejected", reason: { code: "PEER_LOST" } });
  expect(() => pair.left.post("more")).toThrow("gone for good");
  await expect(pair.left.send("more")).rejects.toMatchObject({ code: "PEER_LOST" });
});

test("an ordinary close is no error to the other side, and what was sent before it arrives", async () => {
  await using pair = channelPair();
  const arrived = messages(pair.right, 2);
  const errors: unknown[] = [];
  const closed = new Promise((resolve) => pair.right.on("close", resolve));
  pair.right.on("error", ({ error }) => errors.push(error));

  pair.left.post("last words");
  pair.left.post("x".repeat(300_000));
  await pair.left.close();

  expect((await arrived)[0]).toBe("last words");
  expect(await closed).toEqual({ error: undefined });
  expect(errors).toEqual([]);
});

test("keeps no timer after close", async () => {
  const pair = channelPair();
  pair.left.post("hello");
  pair.right.post("hello");
  await turns(3);

  await Promise.all([pair.left.close(), pair.right.close()]);

  expect(process.getActiveResourcesInfo().filter((name) => name === "Timeout").length).toBeLessThanOrEqual(1);
});

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
