import { expect, test } from "vitest";
import { channelPair, isSame } from "./pair.ts";

test("a pair of streams carries bytes both ways with half-close", async () => {
  await using pair = channelPair();
  const near = pair.left.pair();
  const far = pair.right.pair();
  const echoed = far.readable.pipeTo(far.writable);
  const sent = new Uint8Array(6_000_000).map((_, index) => index % 253);

  const collected = collect(near.readable);
  const writer = near.writable.getWriter();
  for (let at = 0; at < sent.length; at += 100_000) await writer.write(sent.subarray(at, at + 100_000));
  await writer.close();
  await echoed;

  expect(isSame(await collected, sent)).toBe(true);
});

test("a reader that does not read holds the writer back", async () => {
  await using pair = channelPair();
  const writer = pair.left.pair().writable.getWriter();
  let written = 0;
  const writing = (async () => {
    for (; written < 20_000_000; written += 100_000) await writer.write(new Uint8Array(100_000));
  })();
  await expect.poll(() => written).toBeGreaterThan(4_000_000);
  const held = written;

  const reader = pair.right.pair().readable.getReader();
  let read = 0;
  while (read < 20_000_000) read += (await reader.read()).value?.length ?? 0;
  await writing;

  expect(held).toBeLessThan(5_000_000);
});

test("aborting the writable side errors the other side's readable one, cancelling a readable side the writer", async () => {
  await using pair = channelPair();
  const near = pair.left.pair();
  const far = pair.right.pair();

  await near.writable.abort(new Error("no more"));
  const read = far.readable.getReader().read();
  await expect(read).rejects.toMatchObject({ message: "no more", remote: true });
  const writer = far.writable.getWriter();
  await writer.write(new Uint8Array(10));
  await near.readable.cancel("not wanted");

  await expect(writer.closed).rejects.toMatchObject({ message: "not wanted" });
});

async function collect(readable: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Uint8Array> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of readable) chunks.push(chunk);
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
