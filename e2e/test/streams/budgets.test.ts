import { connect } from "@peerloom/client";
import { expect, test } from "vitest";
import type { MemoryPeak } from "../../support/live-memory.ts";
import { startRelayProcess } from "../../support/process.ts";
import { startStreamer } from "../../support/streamer.ts";

const mebibyte = 1_048_576;

test("a reader of 1 MB/s costs sender, relay and receiver less than 16 MiB each", { timeout: 90_000 }, async () => {
  await using relay = await startRelayProcess();
  await using receiver = await startStreamer(relay.url, "receiver");
  await using sender = await startStreamer(relay.url, "sender");
  await using operator = await connect(relay.url, { clientId: "operator" });
  // What is loaded and compiled on first use belongs to idle.
  await sender.send({ to: "receiver", bytes: 30_000_000 });
  await Promise.all([sender.watch(), receiver.watch(), operator.remote("relay").emitWithAck("watch")]);

  const result = await sender.send({ to: "receiver", bytes: 8_000_000, bytesPerS: 1_000_000 });

  const peaks = [await sender.peak(), (await operator.remote("relay").emitWithAck("peak")) as MemoryPeak, await receiver.peak()];
  console.log(
    `peaks of sender, relay, receiver: ${peaks.map(({ live, rss }) => `${(live / mebibyte).toFixed(1)} MiB (rss ${(rss / mebibyte).toFixed(1)})`).join(", ")}`,
  );
  expect(result.received).toEqual(result.sent);
  for (const { live } of peaks) expect(live).toBeLessThan(16 * mebibyte);
});

test("requests are answered while a stream runs", { timeout: 90_000 }, async () => {
  await using relay = await startRelayProcess();
  await using receiver = await startStreamer(relay.url, "receiver");
  await using sender = await startStreamer(relay.url, "sender");
  const middle = (times: number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1] ?? Infinity;
  await sender.roundTrips({ to: "receiver", count: 200 });
  const idle = middle(await sender.roundTrips({ to: "receiver", count: 200 }));

  const sending = sender.send({ to: "receiver", bytes: 150_000_000 });
  await receiver.reaches(1_000_000);
  const during = middle(await sender.roundTrips({ to: "receiver", count: 200 }));
  const isRunning = (await receiver.received()) < 150_000_000;
  await sending;

  console.log(`median round trip ${idle.toFixed(2)} ms idle, ${during.toFixed(2)} ms during a stream`);
  expect(isRunning).toBe(true);
  // The bench measures how fast; here it is enough that nobody waits for the stream.
  expect(during).toBeLessThan(250);
});
