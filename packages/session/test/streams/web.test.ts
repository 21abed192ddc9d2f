import { describe, expect, test, vi } from "vitest";
import { twoEndpoints } from "../pair.ts";
import { bothEnds, bytes, openStreams, outcome, sourceOf, turns } from "./support.ts";

const upper = (): TransformStream<unknown, unknown> =>
  new TransformStream({ transform: (chunk, controller) => controller.enqueue(String(chunk).toUpperCase()) });

describe("web streams", () => {
  test("pass pipeThrough and pipeTo, and close each on its own", async () => {
    await using pair = twoEndpoints();
    pair.bob.onStream("upper", (stream) => stream.readable.pipeThrough(upper()).pipeTo(stream.writable));

    const { readable, writable } = await pair.alice.remote("bob").openStream("upper");
    const sent = sourceOf(["a", "b"]).pipeTo(writable);

    expect(await Array.fromAsync(readable)).toEqual(["A", "B"]);
    await sent;
    await vi.waitUntil(() => openStreams(pair) === 0);
  });

  test("stay open after pipeTo with preventClose", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await bothEnds(pair);

    await sourceOf(["a"]).pipeTo(near.writable, { preventClose: true });
    await sourceOf(["b"]).pipeTo(near.writable);

    expect(await Array.fromAsync(far.readable)).toEqual(["a", "b"]);
  });

  test("survive the end of their source with preventAbort, and die of it without", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await bothEnds(pair);
    const failing = (): ReadableStream => new ReadableStream({ pull: (controller) => controller.error(new Error("source")) });

    await expect(failing().pipeTo(near.writable, { preventAbort: true })).rejects.toThrow("source");
    const writer = near.writable.getWriter();
    await writer.write("still here");
    writer.releaseLock();
    expect(await far.readable.getReader().read()).toEqual({ done: false, value: "still here" });
    await expect(failing().pipeTo(near.writable)).rejects.toThrow("source");

    await vi.waitUntil(() => openStreams(pair) === 0);
  });

  test("know that the other side has ended without being read", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await bothEnds(pair);

    const { closed } = far.readable.getReader();
    await near.writable.close();

    await expect(closed).resolves.toBeUndefined();
  });

  test("cancelled destroy the stream, with the reason", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await bothEnds(pair);
    const writing = near.writable.getWriter();

    await far.readable.cancel(Object.assign(new Error("seen enough"), { code: "EENOUGH" }));

    await expect(writing.closed).rejects.toMatchObject({ code: "EENOUGH", message: "seen enough", remote: true });
    await expect(far.writable.getWriter().closed).rejects.toMatchObject({ code: "EENOUGH" });
    expect(openStreams(pair)).toBe(0);
  });

  test("aborted destroy the stream at once, also while a write waits for a reader that never reads", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await bothEnds(pair);
    const writer = near.writable.getWriter();
    const writes = Array.from({ length: 40 }, () => outcome(writer.write(bytes(65_536))));
    await turns(50);

    await writer.abort(new Error("enough"));

    // The one under way hears of the stream's end, those behind it of the reason.
    expect(new Set(await Promise.all(writes))).toEqual(new Set(["fine", "ABORTED", "Error"]));
    await turns();
    await expect(far.readable.getReader().read()).rejects.toMatchObject({ code: "ABORTED", message: "enough" });
  });

  test("cancelled and aborted without a reason say ABORTED", async () => {
    await using pair = twoEndpoints();
    const [one, two] = [await bothEnds(pair), await bothEnds(pair)];

    void one.near.readable.cancel();
    void two.near.writable.abort();

    for (const { far } of [one, two]) await expect(far.readable.getReader().read()).rejects.toMatchObject({ code: "ABORTED" });
  });

  test("fail what waits in them when the stream is destroyed", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await bothEnds(pair);
    void far.readable;
    const reading = outcome(near.readable.getReader().read());
    const writer = near.writable.getWriter();
    const writes = Array.from({ length: 40 }, () => outcome(writer.write(bytes(65_536))));
    await turns(50);

    near.destroy(Object.assign(new Error("over"), { code: "EOVER" }));

    expect([await reading, (await Promise.all(writes)).at(-1)]).toEqual(["EOVER", "EOVER"]);
    await turns();
    await expect(far.readable.getReader().read()).rejects.toMatchObject({ code: "EOVER", remote: true });
  });

  test("keep null, empty bytes and undefined as values", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await bothEnds(pair);
    const values = [null, new Uint8Array(0), undefined, "", 0];

    await sourceOf(values).pipeTo(near.writable);

    expect(await Array.fromAsync(far.readable)).toEqual(values);
  });

  test("reject a write of what cannot be carried, and destroy the stream", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await bothEnds(pair);

    await expect(near.writable.getWriter().write(() => {})).rejects.toThrow(TypeError);

    await expect(far.readable.getReader().read()).rejects.toMatchObject({ code: "ABORTED" });
    expect(openStreams(pair)).toBe(0);
  });

  test("are destroyed at the end of a block that uses the stream, unless they are done", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await bothEnds(pair);
    const done = await bothEnds(pair);
    await Promise.all([done.near.writable.close(), done.far.writable.close()]);
    await turns();

    {
      await using _ = near;
      await using __ = done.near;
    }

    await expect(far.readable.getReader().read()).rejects.toMatchObject({ code: "ABORTED" });
    expect(await Array.fromAsync(done.far.readable)).toEqual([]);
  });

  test("of an opened stream that was destroyed before they were asked for are in error", async () => {
    await using pair = twoEndpoints();
    const { near } = await bothEnds(pair);

    near.destroy(new Error("never mind"));

    await expect(near.readable.getReader().read()).rejects.toMatchObject({ message: "never mind" });
  });
});
