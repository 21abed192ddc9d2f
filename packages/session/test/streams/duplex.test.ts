import { once } from "node:events";
import { addAbortSignal, Duplex, finished as onFinished, PassThrough, Readable, Transform, Writable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { finished, pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { onDuplex, openDuplex, toDuplex } from "@peerloom/session/node";
import { describe, expect, test, vi } from "vitest";
import { twoEndpoints } from "../pair.ts";
import { bothEnds, bytes, duplexes, openStreams, outcome, turns } from "./support.ts";

describe("a Duplex", () => {
  test("passes pipeline(), with transforms, and the other direction stays open", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await duplexes(pair);
    const received = buffer(far.pipe(createGunzip()));

    await pipeline(Readable.from([bytes(100_000), bytes(200_000)]), createGzip(), near);
    expect((await received).equals(Buffer.concat([bytes(100_000), bytes(200_000)]))).toBe(true);
    far.end("done");

    expect(await text(near)).toBe("done");
    await vi.waitUntil(() => openStreams(pair) === 0);
  });

  test("stands in the middle of a pipeline", async () => {
    await using pair = twoEndpoints();
    pair.bob.onStream("upper", (stream) => {
      const duplex = toDuplex(stream);
      const upper = new Transform({ transform: (chunk: Buffer, _, done) => done(null, chunk.toString().toUpperCase()) });
      duplex.pipe(upper).pipe(duplex);
    });

    const echoed: Buffer[] = [];
    await pipeline(Readable.from(["a", "b", "c"]), await openDuplex(pair.alice.remote("bob"), "upper"), async (source) => {
      for await (const chunk of source) echoed.push(chunk as Buffer);
    });

    expect(Buffer.concat(echoed).toString()).toBe("ABC");
  });

  test("is read by for await, and a break tells the other side", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await duplexes(pair);
    const failure = once(near, "error");
    near.write("first");

    for await (const chunk of far) {
      expect(String(chunk)).toBe("first");
      break;
    }

    expect((await failure)[0]).toMatchObject({ code: "ABORT_ERR", remote: true });
    expect([near.destroyed, far.destroyed, openStreams(pair)]).toEqual([true, true, 0]);
  });

  test("settles finished() when both directions are done, on both ends", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await duplexes(pair);
    const ends = Promise.all([finished(near), finished(far)]);

    far.resume();
    near.resume();
    near.end("a");
    far.end("b");
    await ends;

    expect([near.errored, far.errored, openStreams(pair)]).toEqual([null, null, 0]);
  });

  test("rejects finished() with the error of the other side", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await duplexes(pair);
    const end = new Promise((resolve) => onFinished(near, resolve));

    far.destroy(Object.assign(new Error("no space"), { code: "ENOSPC" }));

    expect(await end).toMatchObject({ code: "ENOSPC", message: "no space" });
  });

  test("ends without data", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await duplexes(pair);

    near.end();
    far.end();

    expect([(await buffer(near)).length, (await buffer(far)).length]).toEqual([0, 0]);
  });

  test("takes writes without bytes, which send nothing", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await duplexes(pair);
    const chunks: Buffer[] = [];
    far.on("data", (chunk: Buffer) => chunks.push(chunk));

    near.write("");
    near.write(Buffer.alloc(0));
    near.write("a");
    near.end("");
    await once(far, "end");

    expect(Buffer.concat(chunks).toString()).toBe("a");
    near.destroy();
  });

  test("writes strings in the encoding they are said to have", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await duplexes(pair);
    const received = buffer(far);

    near.write("ä");
    near.write("ä", "latin1");
    near.write("c3a4", "hex");
    near.setDefaultEncoding("base64");
    near.write("w6Q=");
    near.end("ä", "utf16le");

    expect((await received).toString("hex")).toBe("c3a4e4c3a4c3a4e400");
    near.destroy();
  });

  test("reads in the encoding it is told, also across pieces", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await duplexes(pair);
    const euros = Buffer.from("€".repeat(50_000));
    far.setEncoding("utf8");
    let read = "";
    far.on("data", (chunk: string) => (read += chunk));

    near.write(euros.subarray(0, 70_001));
    near.end(euros.subarray(70_001));
    await once(far, "end");

    expect(read).toBe("€".repeat(50_000));
    near.destroy();
  });

  test("lets a buffer be used again when its write was answered", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await duplexes(pair);
    const received = buffer(far);
    const shared = Buffer.alloc(50_000);

    for (let n = 1; n <= 40; n++) {
      shared.fill(n);
      await new Promise((resolve) => near.write(shared, resolve));
    }
    near.end();

    const all = await received;
    expect(Array.from({ length: 40 }, (_, n) => all.subarray(n * 50_000, (n + 1) * 50_000).every((byte) => byte === n + 1))).not.toContain(
      false,
    );
    near.destroy();
  });

  test("joins writes in a row, whatever their sizes, without losing their order", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await duplexes(pair);
    const received = buffer(far);
    const all = bytes(1_000_000);

    near.cork();
    let at = 0;
    for (const size of [1, 65_535, 65_536, 65_537, 3, 200_000, 16_400, 16_400, 16_400, 16_400]) near.write(all.subarray(at, (at += size)));
    near.uncork();
    near.end(all.subarray(at));

    expect((await received).equals(all)).toBe(true);
    near.destroy();
  });

  test("carries values in object mode, each whole", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await duplexes(pair, { objectMode: true });
    const values = [{ n: 1 }, bytes(200_000), "x".repeat(200_000), [undefined, NaN], "", 0, false, new Uint8Array(0), "end"];

    Readable.from(values).pipe(near);

    expect(await far.toArray()).toEqual(values);
    far.destroy();
  });

  test("does not take null for its end", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await bothEnds(pair);
    const duplex = toDuplex(far, { objectMode: true }).resume();
    const failure = once(duplex, "error");

    const writer = near.writable.getWriter();
    await writer.write(null);

    expect((await failure)[0]).toMatchObject({ code: "BAD_PACKET" });
    await expect(writer.closed).rejects.toMatchObject({ code: "BAD_PACKET", remote: true });
  });

  test("of bytes refuses objects, takes text as UTF-8, and an ArrayBuffer as bytes", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await bothEnds(pair);
    const duplex = toDuplex(far);
    const chunks: Buffer[] = [];
    duplex.on("data", (chunk: Buffer) => chunks.push(chunk));
    const failure = once(duplex, "error");

    const writer = near.writable.getWriter();
    for (const value of ["ä", new Uint8Array([1, 2]).buffer, { no: "bytes" }]) await writer.write(value);

    expect((await failure)[0]).toMatchObject({ code: "ERR_INVALID_ARG_TYPE" });
    expect(Buffer.concat(chunks).toString("hex")).toBe("c3a40102");
    await expect(writer.closed).rejects.toMatchObject({ code: "ERR_INVALID_ARG_TYPE" });
  });

  test("that cannot carry a value says so to its writer and to the other side", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await duplexes(pair, { objectMode: true });
    const failures = Promise.all([once(near, "error"), once(far, "error")]);

    near.write({ f: () => {} });

    const [[nearError], [farError]] = await failures;
    expect(nearError).toBeInstanceOf(TypeError);
    expect(farError).toMatchObject({ code: "ABORTED", message: expect.stringContaining("is a function") });
  });

  test("refuses a value over the limit with TOO_LARGE, and the session goes on", async () => {
    await using pair = twoEndpoints({ limits: { maxMessageBytes: 100_000 } });
    const { near } = await duplexes(pair, { objectMode: true });
    const failure = once(near, "error");
    const other = await duplexes(pair, { objectMode: true });

    near.write("x".repeat(100_001));

    expect((await failure)[0]).toMatchObject({ code: "TOO_LARGE" });
    other.near.end("fine");
    expect(await other.far.toArray()).toEqual(["fine"]);
    other.far.destroy();
  });

  test("with allowHalfOpen false ends when the other side does", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await bothEnds(pair);
    const duplex = toDuplex(far, { allowHalfOpen: false }).resume();

    await near.writable.close();

    expect(await Array.fromAsync(near.readable)).toEqual([]);
    await vi.waitUntil(() => openStreams(pair) === 0);
    expect(duplex.writableFinished).toBe(true);
  });

  test("is what Duplex.from and compose take", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await duplexes(pair);
    far.pipe(far);

    const both = Duplex.from({ readable: near, writable: near });
    both.end("hello");

    expect(await text(both)).toBe("hello");
  });

  test("obeys addAbortSignal, and the other side is told", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await duplexes(pair);
    const abort = new AbortController();
    addAbortSignal(abort.signal, near);
    const failures = Promise.all([once(near, "error"), once(far, "error")]);

    abort.abort();

    expect((await failures).map(([error]) => (error as { code: string }).code)).toEqual(["ABORT_ERR", "ABORT_ERR"]);
  });

  test("stops a source that is faster than the reader, and goes on when it reads", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await duplexes(pair, {});
    let made = 0;
    const source = new Readable({ read: () => source.push(made < 100 ? (made++, bytes(65_536)) : null) });
    source.pipe(near);
    await turns(200);
    const before = made;

    let read = 0;
    await pipeline(far, new Writable({ write: (chunk: Buffer, _, done) => void ((read += chunk.length), setImmediate(done)) }), {
      end: false,
    });

    expect(before).toBeLessThan(30);
    expect(read).toBe(100 * 65_536);
    far.destroy();
  });
});

describe("openDuplex and onDuplex", () => {
  test("give Duplexes at once, and the handler is told who, what and why", async () => {
    await using pair = twoEndpoints();
    const told = Promise.withResolvers<unknown>();
    onDuplex(pair.bob, "up", (duplex, context) => {
      told.resolve(context);
      duplex.end("hello");
    });

    const duplex = await openDuplex(pair.alice.remote("bob"), "up", { metadata: { size: 5 } });

    expect(await text(duplex)).toBe("hello");
    expect(await told.promise).toEqual({ from: "alice", name: "up", metadata: { size: 5 } });
    duplex.destroy();
  });

  test("refuse when the handler throws, and destroy when it fails later", async () => {
    await using pair = twoEndpoints();
    const reported: unknown[] = [];
    pair.bob.on("error", ({ error }) => reported.push(error));
    const late = Object.assign(new Error("later"), { code: "ELATE" });
    const taken: Duplex[] = [];
    onDuplex(pair.bob, "no", (duplex) => {
      taken.push(duplex);
      throw new Error("no");
    });
    onDuplex(pair.bob, "late", async (duplex) => {
      taken.push(duplex.on("error", () => {}));
      await turns(3);
      throw late;
    });

    expect(await outcome(openDuplex(pair.alice.remote("bob"), "no"))).toBe("HANDLER_ERROR");
    const duplex = await openDuplex(pair.alice.remote("bob"), "late");

    expect((await once(duplex, "error"))[0]).toMatchObject({ code: "ELATE", message: "later" });
    expect([reported, taken.map(({ destroyed }) => destroyed)]).toEqual([[late], [true, true]]);
  });

  test("hand their signals on: of the stream, and of the listening", async () => {
    await using pair = twoEndpoints();
    const [listening, using] = [new AbortController(), new AbortController()];
    onDuplex(pair.bob, "s", (duplex) => void duplex.on("error", () => {}), { signal: listening.signal });
    const duplex = await openDuplex(pair.alice.remote("bob"), "s", { signal: using.signal });
    const failure = once(duplex, "error");

    using.abort();
    listening.abort();

    expect((await failure)[0]).toMatchObject({ code: "ABORTED" });
    expect(await outcome(openDuplex(pair.alice.remote("bob"), "s"))).toBe("NO_HANDLER");
  });
});

test("a listener that throws costs its own stream only, and is reported", async () => {
  await using pair = twoEndpoints();
  const reported: unknown[] = [];
  pair.bob.on("error", ({ error }) => reported.push(error));
  const { near, far } = await duplexes(pair);
  const other = await duplexes(pair);
  const failures = Promise.all([once(near, "error"), once(far, "error")]);
  far.on("data", () => {
    throw new Error("a bug");
  });
  await turns(2);

  near.write("x");
  other.near.end("fine");

  expect((await failures).map(([error]) => (error as Error).message)).toEqual(["a bug", "a bug"]);
  expect(await text(other.far)).toBe("fine");
  expect(reported).toEqual([expect.objectContaining({ message: "a bug" })]);
  other.far.destroy();
});

test("a stream can be used once: as a Duplex, or as web streams", async () => {
  await using pair = twoEndpoints();
  const { near, far } = await bothEnds(pair);
  toDuplex(near);
  void far.readable;

  expect(() => near.readable).toThrow(TypeError);
  expect(() => toDuplex(near)).toThrow(TypeError);
  expect(() => toDuplex(far)).toThrow(TypeError);
  expect(() => toDuplex({} as never)).toThrow(TypeError);
});

test("PassThrough in front and behind changes nothing", async () => {
  await using pair = twoEndpoints();
  const { near, far } = await duplexes(pair);
  const received = buffer(far.pipe(new PassThrough()).pipe(new PassThrough()));

  await pipeline(Readable.from([bytes(300_000)]), new PassThrough(), near);

  expect((await received).equals(bytes(300_000))).toBe(true);
  far.destroy();
  await vi.waitUntil(() => openStreams(pair) === 0);
});
