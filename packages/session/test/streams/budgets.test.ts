import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { toDuplex } from "@peerloom/session/node";
import { describe, expect, test, vi } from "vitest";
import { twoEndpoints, type Pair } from "../pair.ts";
import { bothEnds, bytes, duplexes, sourceOf, turns } from "./support.ts";

/** Writes until the stream has taken nothing for a while; says how much it took. */
async function fill(writer: WritableStreamDefaultWriter<unknown>, chunk: unknown): Promise<number> {
  let taken = 0;
  let isBusy = true;
  void (async () => {
    try {
      for (;;) {
        await writer.write(chunk);
        taken += 1;
        isBusy = true;
      }
    } catch {
      // The pair is closed at the end of the test.
    }
  })();
  while (isBusy) {
    isBusy = false;
    await turns(100);
  }
  return taken;
}

const held = (pair: Pair): number => Math.max(pair.alice.load.bytes, pair.bob.load.bytes);

describe("budgets", () => {
  test("an unread stream holds its window and a value on the far side, and less on the near one", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await bothEnds(pair);

    const taken = await fill(near.writable.getWriter(), bytes(65_536));

    expect(taken * 65_536).toBeLessThan(1_048_576 + 131_072 + 3 * 65_536);
    expect(held(pair)).toBeLessThan(1_048_576 + 65_536 + 128);
    expect(held(pair)).toBeGreaterThan(900_000);
    far.destroy();
  });

  test("highWaterMark is what the other side may send before it is read here", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await bothEnds(pair, { highWaterMark: 10_000 });

    const taken = await fill(far.writable.getWriter(), bytes(1000));
    expect([taken, pair.alice.load.bytes]).toEqual([10, 10 * 1064]);
    const reader = near.readable.getReader();
    for (let n = 0; n < 100; n++) await reader.read();
    await turns(200);

    // A quarter of it may be used up before the other side is told.
    expect(pair.alice.load.bytes).toBeGreaterThan(7 * 1064);
    expect(pair.alice.load.bytes).toBeLessThan(10 * 1064 + 100);
    near.destroy();
  });

  test("a highWaterMark of one byte lets one value through at a time", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await bothEnds(pair, { highWaterMark: 1 });
    const sent = sourceOf(["a", "b", "c"]).pipeTo(far.writable);

    await turns(50);
    expect(pair.alice.load.bytes).toBe(17);

    expect(await Array.fromAsync(near.readable)).toEqual(["a", "b", "c"]);
    await sent;
  });

  test("tiny values cost what their arrays take, not their bytes alone", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await bothEnds(pair);

    const taken = await fill(near.writable.getWriter(), new Uint8Array(1));

    expect(taken).toBeLessThan(20_000);
    far.destroy();
  });

  test("an unread stream stops neither another stream nor requests", async () => {
    await using pair = twoEndpoints();
    pair.bob.onAny("double", (n: number) => n * 2);
    const stuck = await bothEnds(pair);
    await fill(stuck.near.writable.getWriter(), bytes(65_536));
    const { near, far } = await duplexes(pair);

    near.end(bytes(3_000_000));

    expect(await pair.alice.remote("bob").emitWithAck("double", 21)).toBe(42);
    expect((await buffer(far)).length).toBe(3_000_000);
    stuck.far.destroy();
    far.destroy();
  });

  test("many streams of one pair get equal shares, large pieces or small", async () => {
    await using pair = twoEndpoints({ limits: { maxStreams: 64 } });
    const received = Array.from({ length: 12 }, () => 0);
    pair.bob.onStream("s", async (stream) => {
      const index = Number(stream.metadata);
      for await (const chunk of stream.readable as unknown as AsyncIterable<Uint8Array>)
        received[index] = (received[index] ?? 0) + chunk.length;
    });
    const streams = await Promise.all(received.map((_, index) => pair.alice.remote("bob").openStream("s", { metadata: index })));

    for (const [index, stream] of streams.entries()) {
      const chunk = bytes(index % 3 === 0 ? 8000 : 65_536);
      const duplex = toDuplex(stream).on("error", () => {});
      const source = new Readable({ highWaterMark: 200_000, read: () => void source.push(chunk) });
      source.pipe(duplex);
    }
    await vi.waitUntil(() => Math.min(...received) > 2_000_000, { timeout: 10_000 });

    expect(Math.max(...received) / Math.min(...received)).toBeLessThan(1.5);
    for (const stream of streams) stream.destroy();
  });

  test("several large values at once in several streams break nothing", async () => {
    await using pair = twoEndpoints();
    const value = "x".repeat(7_000_000);
    const all = [];
    for (let n = 0; n < 4; n++) all.push(await duplexes(pair, { objectMode: true }));

    for (const { near } of all) near.end(value);
    const received = await Promise.all(all.map(({ far }) => far.toArray() as Promise<string[]>));

    expect(received.map(([text]) => text?.length)).toEqual([7e6, 7e6, 7e6, 7e6]);
    for (const { far } of all) far.destroy();
  });

  test("a reset in the midst of a large value lets the next one through", async () => {
    await using pair = twoEndpoints();
    const [one, two] = [await duplexes(pair, { objectMode: true }), await duplexes(pair, { objectMode: true })];
    one.near.write("x".repeat(7_000_000));
    await turns(5);

    one.near.destroy(new Error("enough"));
    two.near.end("y".repeat(7_000_000));

    expect(await two.far.toArray()).toEqual(["y".repeat(7_000_000)]);
    await vi.waitUntil(() => pair.bob.load.bytes === 0);
    two.far.destroy();
  });
});
