import { expect, test } from "vitest";
import { startRelayProcess, type RelayProcess } from "../../support/process.ts";
import { startStreamer, type Streamer } from "../../support/streamer.ts";

const gigabyte = 1_000_000_000;

/** Kills the relay each time another part of the stream has come; says how often. */
async function killOnTheWay(relay: RelayProcess, receiver: Streamer, bytes: number): Promise<number> {
  let kills = 0;
  while (kills < 3) {
    await receiver.reaches((bytes * (kills + 1)) / 4.5);
    await relay.restart();
    kills += 1;
  }
  return kills;
}

test("a gigabyte arrives whole while the relay is killed three times on the way", { timeout: 180_000 }, async () => {
  await using relay = await startRelayProcess();
  await using receiver = await startStreamer(relay.url, "receiver");
  await using sender = await startStreamer(relay.url, "sender");
  const started = performance.now();

  const sending = sender.send({ to: "receiver", bytes: gigabyte });
  const [result, kills] = await Promise.all([sending, killOnTheWay(relay, receiver, gigabyte)]);

  console.log(`1 GB in ${((performance.now() - started) / 1000).toFixed(1)} s over ${kills} kills`);
  expect(result.received).toEqual(result.sent);
  expect([result.received.bytes, kills]).toEqual([gigabyte, 3]);
});

test("what goes through gzip and AES comes out of them whole while the relay is killed three times", { timeout: 180_000 }, async () => {
  const bytes = 150_000_000;
  await using relay = await startRelayProcess();
  await using receiver = await startStreamer(relay.url, "receiver");
  await using sender = await startStreamer(relay.url, "sender");

  const sending = sender.send({ to: "receiver", bytes, isTransformed: true });
  const [result, kills] = await Promise.all([sending, killOnTheWay(relay, receiver, bytes)]);

  expect(result.received).toEqual(result.sent);
  expect([result.received.bytes, kills]).toEqual([bytes, 3]);
});
