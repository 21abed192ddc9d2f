import { setTimeout as delay } from "node:timers/promises";
import type { Figure } from "../figure.ts";
import type { Log } from "../log.ts";
import type { Children } from "../processes/children.ts";
import type { StreamOptions } from "./options.ts";

const deadlineMs = 30_000;
const mebibyte = 1_048_576;
/** How long the slow reader is watched, in milliseconds. */
const watchMs = 15_000;

/** What each of the three may take. */
const budgetMiB = 16;

/**
 * MiB above idle that the hungriest of sender, relay and receiver has in use at its peak, while a gigabyte waits to be read at 1 MB/s.
 * Buffers are full after seconds, so it is not waited for to its end.
 */
export async function measureMemory(options: StreamOptions, children: Children, { progress, note }: Log): Promise<Figure[]> {
  if (!options.only.has("slow-reader-memory")) return [];
  const relay = children.start("relay", ["ours"], { hasGc: true });
  const url = String(await relay.ready);
  const receiver = children.start("streamer", [url, "b"], { hasGc: true });
  await receiver.ready;
  const sender = children.start("streamer", [url, "a"], { hasGc: true });
  await sender.ready;
  const all = [sender, relay, receiver];
  const look = (): Promise<number[]> => Promise.all(all.map(async (child) => Number(await child.call("memory", null, deadlineMs))));
  // What is loaded, compiled and allocated on first use belongs to idle.
  await sender.call("start", 0, deadlineMs);
  await delay(options.isQuick ? 50 : 2000);
  await sender.call("stop", null, deadlineMs);
  await delay(options.isQuick ? 50 : 1000);
  const idle = await look();

  await sender.call("start", 1_000_000, deadlineMs);
  const peaks = idle.map(() => 0);
  const end = performance.now() + (options.isQuick ? 100 : watchMs);
  while (performance.now() < end) {
    progress("streams.slow-reader-memory");
    for (const [index, bytes] of (await look()).entries()) peaks[index] = Math.max(peaks[index] ?? 0, bytes - (idle[index] ?? 0));
    await delay(100);
  }
  await sender.call("stop", null, deadlineMs);
  const [ofSender = 0, ofRelay = 0, ofReceiver = 0] = peaks.map((bytes) => bytes / mebibyte);
  note("streams.slow-reader-memory sender, relay, receiver", [ofSender, ofRelay, ofReceiver]);
  await children.endAll();
  return [{ name: "streams.slow-reader-memory", ours: Math.max(ofSender, ofRelay, ofReceiver), baseline: budgetMiB, unit: "MiB" }];
}
