import { once } from "node:events";
import { Readable, Writable, type Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { connect } from "@peerloom/client";
import { onDuplex, openDuplex } from "@peerloom/client/node";
import { answer } from "./answer.ts";
import { memory } from "./memory.ts";

/** `streamer <url> a|b|ab`: `a` sends streams and requests, `b` takes them. */
const [url = "", ends = "ab"] = process.argv.slice(2);
const chunk = Buffer.alloc(65_536, "The quick brown fox jumps over the lazy dog. ");
const gigabyte = 1e9;

/** Takes chunks no faster than told. */
function sink(bytesPerS: number): Writable {
  const start = performance.now();
  let bytes = 0;
  return new Writable({
    write: (part: Buffer, _encoding, done) => {
      bytes += part.length;
      const dueMs = (bytes / bytesPerS) * 1000 - (performance.now() - start);
      if (dueMs > 1) setTimeout(done, dueMs);
      else done();
    },
  });
}

/** A gigabyte, of which every chunk is memory of its own. */
function source(): Readable {
  let left = gigabyte;
  return new Readable({
    read() {
      left -= chunk.length;
      this.push(left < 0 ? null : Buffer.from(chunk));
    },
  });
}

if (ends.includes("b")) {
  const client = await connect(url, { clientId: "b" });
  client.onAny("echo", (payload: unknown) => payload);
  onDuplex(client, "bytes", (duplex, { metadata }) => pipeline(duplex, sink(Number(metadata) || Infinity), { end: true }).catch(() => {}));
}
const remote = ends.includes("a") ? (await connect(url, { clientId: "a" })).remote("b") : undefined;
let running: Duplex | undefined;

/** Starts to send a gigabyte to a reader of this speed; 0 for one that reads as fast as it can. */
async function start(bytesPerS: number): Promise<void> {
  if (remote === undefined) throw new Error("this end only receives");
  running = await openDuplex(remote, "bytes", { metadata: bytesPerS });
  running.on("error", () => {});
  pipeline(source(), running).catch(() => {});
}

async function stop(): Promise<void> {
  if (running === undefined || running.closed) return;
  running.destroy();
  await once(running, "close");
}

/** Milliseconds of requests, one after the other with a little rest, for a while. */
async function roundTrips(durationMs: number): Promise<number[]> {
  const samples: number[] = [];
  const end = performance.now() + durationMs;
  while (performance.now() < end) {
    const before = performance.now();
    await remote?.emitWithAck("echo", "a payload of about fifty bytes, as programs send it");
    samples.push(performance.now() - before);
    await delay(1);
  }
  return samples;
}

answer(null, { start, stop, roundTrips, memory });
