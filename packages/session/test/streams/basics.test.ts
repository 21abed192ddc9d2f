import { createHash } from "node:crypto";
import { once } from "node:events";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { toDuplex } from "@peerloom/session/node";
import { expect, test, vi } from "vitest";
import { twoEndpoints } from "../pair.ts";
import { bytes, duplexes } from "./support.ts";

const sha = (data: Uint8Array): string => createHash("sha256").update(data).digest("hex");

test("web streams carry bytes and values both ways and close each on its own", async () => {
  await using pair = twoEndpoints();
  pair.bob.onStream("echo", (stream) => stream.readable.pipeTo(stream.writable));

  const stream = await pair.alice.remote("bob").openStream("echo", { metadata: { size: 3 } });
  const writer = stream.writable.getWriter();
  for (const value of [new Uint8Array([1, 2]), "text", { a: [undefined] }]) await writer.write(value);
  await writer.close();

  expect(await Array.fromAsync(stream.readable)).toEqual([new Uint8Array([1, 2]), "text", { a: [undefined] }]);
  await vi.waitUntil(() => pair.alice.load.streams + pair.bob.load.streams === 0);
});

test("the acceptor is told who opens, under which name, with what metadata", async () => {
  await using pair = twoEndpoints();
  const taken = Promise.withResolvers<unknown[]>();
  pair.bob.onStream("upload", (stream, context) => taken.resolve([stream.peer, stream.name, stream.metadata, context.from]));

  await pair.alice.remote("bob").openStream("upload", { metadata: { name: "a.txt", icon: new Uint8Array(2000) } });

  expect(await taken.promise).toEqual(["alice", "upload", { name: "a.txt", icon: new Uint8Array(2000) }, "alice"]);
});

test("nobody listening, and a handler that throws, refuse at once with a code", async () => {
  await using pair = twoEndpoints();
  pair.bob.onStream("no", () => {
    throw Object.assign(new Error("not today"), { code: "ECLOSED" });
  });

  await expect(pair.alice.remote("bob").openStream("nothing")).rejects.toMatchObject({ code: "NO_HANDLER" });
  await expect(pair.alice.remote("bob").openStream("no")).rejects.toMatchObject({ code: "ECLOSED", message: "not today" });
  expect(pair.alice.load.streams + pair.bob.load.streams).toBe(0);
});

test("writing inside the accept handler works", async () => {
  await using pair = twoEndpoints();
  pair.bob.onStream("s", (stream) => void toDuplex(stream).end("welcome"));

  const near = toDuplex(await pair.alice.remote("bob").openStream("s"));

  expect((await buffer(near)).toString()).toBe("welcome");
});

test("ten megabytes go through a pipeline with transforms, and the other direction stays open", async () => {
  await using pair = twoEndpoints();
  const { near, far } = await duplexes(pair);
  const data = bytes(10_000_000);
  const received = buffer(far.pipe(createGunzip()));

  await pipeline(Readable.from(chunksOf(data, 10_000)), createGzip(), near, { end: true });
  expect(sha(await received)).toBe(sha(data));
  far.end("done");

  expect((await buffer(near)).toString()).toBe("done");
});

test("object mode carries values, also larger than a packet", async () => {
  await using pair = twoEndpoints();
  const { near, far } = await duplexes(pair, { objectMode: true });
  const values = [{ n: 1 }, ["x".repeat(200_000)], { bytes: bytes(150_000) }, "end"];

  Readable.from(values).pipe(near);

  expect(await far.toArray()).toEqual(values);
});

test("a reader that does not read stops the writer within the window, and only that stream", async () => {
  await using pair = twoEndpoints();
  const { near, far } = await duplexes(pair);
  const chunk = bytes(65_536);
  let written = 0;
  const source = new Readable({ read: () => source.push(written < 200 ? (written++, chunk) : null) });
  source.pipe(near);
  await vi.waitUntil(() => written > 10);
  const other = await duplexes(pair);

  other.near.end("passes");
  expect((await buffer(other.far)).toString()).toBe("passes");
  expect(written).toBeLessThan(40);
  expect(pair.alice.load.bytes + pair.bob.load.bytes).toBeLessThan(2_000_000);

  expect((await buffer(far)).length).toBe(200 * 65_536);
});

test("destroy(error) crosses with its code and message, and pending writes are answered", async () => {
  await using pair = twoEndpoints();
  const { near, far } = await duplexes(pair);
  const failure = once(far, "error");
  near.on("error", () => {});
  const pending = new Promise((resolve) => {
    while (near.write(bytes(65_536)));
    near.write("last", resolve);
  });

  near.destroy(Object.assign(new Error("disk full"), { code: "ENOSPC" }));

  expect((await failure)[0]).toMatchObject({ code: "ENOSPC", message: "disk full", remote: true });
  expect(await pending).toBeInstanceOf(Error);
  expect(pair.alice.load.streams + pair.bob.load.streams).toBe(0);
});

test("a lost peer destroys both ends with PEER_LOST and answers pending writes", async () => {
  await using pair = twoEndpoints({ sessionTimeoutMs: 20 });
  const { near, far } = await duplexes(pair);
  const failures = [near, far].map((duplex) => once(duplex, "error"));
  const pending = new Promise((resolve) => {
    while (near.write(bytes(65_536)));
    near.write("last", resolve);
  });

  pair.relay.cut("bob");

  for (const failure of failures) expect((await failure)[0]).toMatchObject({ code: "PEER_LOST" });
  expect(await pending).toBeInstanceOf(Error);
});

test("a signal ends the opening and the stream", async () => {
  await using pair = twoEndpoints();
  pair.bob.onStream("s", (stream) => stream.readable.pipeTo(new WritableStream()).catch(() => {}));
  const abort = new AbortController();

  const stream = await pair.alice.remote("bob").openStream("s", { signal: abort.signal });
  const read = stream.readable.getReader().read();
  abort.abort(new Error("enough"));

  await expect(read).rejects.toMatchObject({ code: "ABORTED" });
  await expect(pair.alice.remote("bob").openStream("s", { signal: abort.signal })).rejects.toMatchObject({ code: "ABORTED" });
  await vi.waitUntil(() => pair.alice.load.streams + pair.bob.load.streams === 0);
});

function* chunksOf(data: Uint8Array, size: number): Generator<Uint8Array> {
  for (let from = 0; from < data.length; from += size) yield data.subarray(from, from + size);
}
