import { once } from "node:events";
import { finished, pipeline } from "node:stream/promises";
import { PeerloomError } from "@peerloom/core";
import { expect, test } from "vitest";
import { toDuplex } from "../../src/node.ts";
import { channelPair, isSame } from "./pair.ts";

test("a Duplex carries Buffers both ways and half-closes", async () => {
  await using pair = channelPair();
  const near = toDuplex(pair.left);
  const far = toDuplex(pair.right);
  const sent = Buffer.alloc(3_000_000, "peerloom");
  const echo = pipeline(far, far);

  near.end(sent);
  const chunks: Buffer[] = [];
  for await (const chunk of near) chunks.push(chunk as Buffer);
  await echo;

  expect(chunks.every((chunk) => Buffer.isBuffer(chunk))).toBe(true);
  expect(isSame(Buffer.concat(chunks), sent)).toBe(true);
});

test("destroying a Duplex with an error reaches the other side", async () => {
  await using pair = channelPair();
  const near = toDuplex(pair.left);
  const far = toDuplex(pair.right);
  const failed = once(far.resume(), "error");
  near.on("error", () => {});
  near.write("hello");
  await once(far, "data");

  near.destroy(new Error("no more"));

  expect(await failed).toMatchObject([{ message: "no more" }]);
});

test("the end of the channel destroys the Duplex with its error", async () => {
  await using pair = channelPair();
  const near = toDuplex(pair.left);

  const [over] = await Promise.allSettled([finished(near), pair.left.close(new PeerloomError("PEER_LOST", "gone"))]);

  expect(over).toMatchObject({ status: "rejected", reason: { code: "PEER_LOST" } });
});
