/** A client in a process of its own that sends and receives streams of bytes, and says what both sides should agree on. */
import { createCipheriv, createDecipheriv, createHash } from "node:crypto";
import { Readable, Writable, type Duplex } from "node:stream";
import { json } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import { createGunzip, createGzip } from "node:zlib";
import { connect } from "@peerloom/client";
import { onDuplex, openDuplex } from "@peerloom/client/node";
import { MemoryWatch } from "../support/live-memory.ts";
import type { Sending, Digest, StreamerCall, StreamerReply } from "../support/streamer.ts";

const [url, clientId] = process.argv.slice(2) as [string, string];
const client = await connect(url, { clientId, reconnectMaxMs: 200 });
const key = Buffer.alloc(32, 7);
const iv = Buffer.alloc(16, 9);
let received = 0;
let isReceiving = false;
let marks: { readonly bytes: number; readonly reached: () => void }[] = [];
let watch: MemoryWatch | undefined;

client.onAny("double", (n: number) => n * 2);

onDuplex(client, "bytes", async (duplex, { metadata }) => {
  const { bytesPerS, isTransformed } = metadata as Sending;
  const digest = new DigestSink(bytesPerS);
  received = 0;
  isReceiving = true;
  // The answer goes the other way, which stays open.
  const source = duplex.iterator({ destroyOnReturn: false });
  if (isTransformed) await pipeline(source, createDecipheriv("aes-256-ctr", key, iv), createGunzip(), digest);
  else await pipeline(source, digest);
  isReceiving = false;
  duplex.end(JSON.stringify(digest.result()));
});

class DigestSink extends Writable {
  readonly #hash = createHash("sha256");
  readonly #bytesPerS: number;
  #bytes = 0;
  #startedAt = 0;

  constructor(bytesPerS = Infinity) {
    super();
    this.#bytesPerS = bytesPerS;
  }

  result(): Digest {
    return { sha256: this.#hash.digest("hex"), bytes: this.#bytes };
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#startedAt ||= performance.now();
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
    received += chunk.length;
    const isReached = (mark: { readonly bytes: number }): boolean => mark.bytes <= received;
    for (const { reached } of marks.filter(isReached)) reached();
    marks = marks.filter((mark) => !isReached(mark));
    const dueMs = (this.#bytes / this.#bytesPerS) * 1000 - (performance.now() - this.#startedAt);
    if (dueMs > 1) setTimeout(done, dueMs);
    else done();
  }
}

/** Bytes of which no two chunks are alike. */
function* chunks(bytes: number, hash: { update(chunk: Buffer): unknown }): Generator<Buffer> {
  const pattern = Buffer.from(Array.from({ length: 65_536 }, (_, n) => (n * 7 + (n >> 8)) & 255));
  for (let at = 0; at < bytes; at += pattern.length) {
    const chunk = Buffer.from(pattern.subarray(0, Math.min(pattern.length, bytes - at)));
    if (chunk.length >= 8) chunk.writeDoubleBE(at);
    hash.update(chunk);
    yield chunk;
  }
}

async function send(order: Sending): Promise<{ readonly sent: Digest; readonly received: Digest }> {
  const hash = createHash("sha256");
  const duplex: Duplex = await openDuplex(client.remote(order.to), "bytes", { metadata: { ...order } });
  const answer = json(duplex) as Promise<Digest>;
  const source = Readable.from(chunks(order.bytes, hash), { objectMode: false });
  if (order.isTransformed) await pipeline(source, createGzip({ level: 1 }), createCipheriv("aes-256-ctr", key, iv), duplex);
  else await pipeline(source, duplex);
  return { received: await answer, sent: { sha256: hash.digest("hex"), bytes: order.bytes } };
}

function reaches(bytes: number): Promise<void> | void {
  if (isReceiving && received >= bytes) return;
  return new Promise((reached) => marks.push({ bytes, reached }));
}

/** Milliseconds of `count` requests, one after the other. */
async function roundTrips({ to, count }: { to: string; count: number }): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const start = performance.now();
    if ((await client.remote(to).emitWithAck("double", n)) !== n * 2) throw new Error("a wrong answer");
    times.push(performance.now() - start);
    await pause(2);
  }
  return times;
}

const calls: Record<string, (argument: never) => unknown> = {
  send,
  roundTrips,
  received: () => received,
  reaches,
  watch: () => void (watch = new MemoryWatch()),
  peak: () => watch?.stop(),
};
process.on("message", ({ id, name, argument }: StreamerCall) => {
  const reply = (answer: StreamerReply): void => void process.send?.(answer);
  void Promise.try(() => calls[name]?.(argument as never)).then(
    (value) => reply({ id, value }),
    (error: unknown) => reply({ id, error: String(error) }),
  );
});
process.send?.({ ready: true });
