import { connect } from "@peerloom/client";
import { createRelay, type Relay } from "@peerloom/server";
import { expect, test } from "vitest";

/** Takes streams, and counts what comes. */
function countStreams(relay: Relay): Promise<number> {
  return new Promise((resolve) => {
    relay.onStream("upload", async (stream) => {
      let bytes = 0;
      for await (const chunk of stream.readable) bytes += (chunk as Uint8Array).length;
      await stream.writable.close();
      resolve(bytes);
    });
  });
}

test("a draining relay waits for the streams that clients have with the relay itself", async () => {
  const relay = createRelay({ port: 0 });
  const counted = countStreams(relay);
  const { url } = await relay.listen();
  await using idle = await connect(url, { clientId: "idle" });
  await using busy = await connect(url, { clientId: "busy" });
  const stream = await busy.remote(relay.id).openStream("upload");
  const writer = stream.writable.getWriter();
  await writer.write(new Uint8Array(1000));
  const moved = new Promise<void>((resolve) => void idle.on("state", () => resolve()));

  const report = relay.drain({ windowMs: 0, deadlineMs: 60_000 });
  await moved;
  expect(busy.state).toBe("online");
  await writer.write(new Uint8Array(500));
  await writer.close();

  expect(await counted).toBe(1500);
  expect(await report).toEqual({ moved: 2, cut: 0 });
});

test("and no longer than until the deadline", async () => {
  const relay = createRelay({ port: 0 });
  void countStreams(relay);
  const { url } = await relay.listen();
  await using busy = await connect(url, { clientId: "busy" });
  const stream = await busy.remote(relay.id).openStream("upload");
  const writer = stream.writable.getWriter();
  await writer.write(new Uint8Array(1000));

  const report = await relay.drain({ windowMs: 0, deadlineMs: 100 });

  expect(report).toEqual({ moved: 1, cut: 1 });
  writer.abort().catch(() => {});
});
