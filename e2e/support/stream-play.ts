import { getEventListeners } from "node:events";
import type { Duplex } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { PeerloomError, type PeerStream, type Port } from "@peerloom/core";
import { toDuplex } from "@peerloom/session/node";

/** What one end of a stream did and saw. */
interface Side {
  /** Bytes it has handed over, whatever became of them. */
  sent: number;
  /** It has said that this was all. */
  hasEnded: boolean;
  received: number;
  /** The first byte that was not the one expected; -1 while all were. */
  wrongAt: number;
  /** The other side's end was seen: all is said to have come. */
  sawEnd: boolean;
}

/** A byte of what one side sends. */
const byteAt = (salt: number, index: number): number => (index * 31 + salt + (index >> 8)) & 255;

function chunkOf(salt: number, from: number, length: number): Uint8Array {
  const chunk = new Uint8Array(length);
  for (let n = 0; n < length; n++) chunk[n] = byteAt(salt, from + n);
  return chunk;
}

/** How one end behaves; drawn before it starts, so that a seed makes the same plan whatever the timing. */
interface Plan {
  readonly kind: "duplex" | "web";
  readonly writes: readonly number[];
  readonly pausesMs: readonly number[];
  readonly last: "end" | "destroy" | "fail" | "abort";
  /** Milliseconds of rest before each `every`-th read. */
  readonly restMs: number;
  readonly every: number;
}

function drawPlan(random: () => number): Plan {
  const writes = Array.from({ length: Math.floor(random() * 12) }, () => Math.floor(random() ** 3 * 90_000));
  const dice = random();
  return {
    kind: random() < 0.5 ? "duplex" : "web",
    writes,
    pausesMs: writes.map(() => (random() < 0.3 ? random() * 4 : 0)),
    last: dice < 0.7 ? "end" : dice < 0.8 ? "destroy" : dice < 0.9 ? "fail" : "abort",
    restMs: random() < 0.3 ? random() * 5 : 0,
    every: 1 + Math.floor(random() * 4),
  };
}

function note(side: Side, salt: number, chunk: Uint8Array): void {
  for (const byte of chunk) {
    if (byte !== byteAt(salt, side.received) && side.wrongAt < 0) side.wrongAt = side.received;
    side.received += 1;
  }
}

/** Plays one end as a Duplex. Settles when it is closed and every write was answered. */
async function playDuplex(duplex: Duplex, plan: Plan, salt: number, side: Side, abort: () => void): Promise<void> {
  const closed = new Promise<void>((resolve) => duplex.once("close", resolve));
  const answers: Promise<unknown>[] = [];
  let reads = 0;
  duplex.on("error", () => {});
  duplex.on("end", () => (side.sawEnd = true));
  duplex.on("data", (chunk: Buffer) => {
    note(side, 255 - salt, chunk);
    if (plan.restMs === 0 || ++reads % plan.every > 0) return;
    duplex.pause();
    setTimeout(() => duplex.resume(), plan.restMs);
  });
  for (const [index, size] of plan.writes.entries()) {
    if (duplex.destroyed) break;
    answers.push(new Promise((resolve) => duplex.write(chunkOf(salt, side.sent, size), resolve)));
    side.sent += size;
    const ms = plan.pausesMs[index] ?? 0;
    if (ms > 1) await answers.at(-1);
    else if (ms > 0) await pause(ms);
  }
  if (plan.last === "end") {
    side.hasEnded = !duplex.destroyed;
    duplex.end();
  } else if (plan.last === "destroy") duplex.destroy();
  else if (plan.last === "fail") duplex.destroy(new PeerloomError("OVERFLOW", "on purpose"));
  else abort();
  await Promise.all([...answers, closed]);
}

/** Plays one end as web streams. Settles when both are closed or in error and every write was answered. */
async function playWeb(stream: PeerStream, plan: Plan, salt: number, side: Side, abort: () => void): Promise<void> {
  const reader = stream.readable.getReader();
  const writer = stream.writable.getWriter();
  const settled = (promise: Promise<unknown>): Promise<unknown> => promise.catch(() => {});
  const reading = settled(
    (async () => {
      for (let reads = 1; ; reads++) {
        const { done, value } = await reader.read();
        if (done) break;
        note(side, 255 - salt, value as Uint8Array);
        if (plan.restMs > 0 && reads % plan.every === 0) await pause(plan.restMs);
      }
      side.sawEnd = true;
    })(),
  );
  const answers: Promise<unknown>[] = [];
  for (const [index, size] of plan.writes.entries()) {
    answers.push(settled(writer.write(chunkOf(salt, side.sent, size))));
    side.sent += size;
    const ms = plan.pausesMs[index] ?? 0;
    if (ms > 1) await answers.at(-1);
    else if (ms > 0) await pause(ms);
  }
  if (plan.last === "end") {
    side.hasEnded = true;
    answers.push(settled(writer.close()));
  } else if (plan.last === "destroy") stream.destroy();
  else if (plan.last === "fail") answers.push(settled(writer.abort(new PeerloomError("OVERFLOW", "on purpose"))));
  else abort();
  await Promise.all([...answers, reading, settled(writer.closed)]);
}

async function playEnd(stream: PeerStream, plan: Plan, salt: number, side: Side, abort: () => void): Promise<void> {
  if (plan.kind === "web") await playWeb(stream, plan, salt, side, abort);
  else await playDuplex(toDuplex(stream), plan, salt, side, abort);
}

export interface Played {
  /** What is wrong; empty when nothing is. */
  readonly problems: readonly string[];
  /** Received by both ends. */
  readonly bytes: number;
  /** Clean ends that were seen: 0 to 2. */
  readonly ends: number;
}

/**
 * Opens a stream from `opener` to `taker`, lets both ends do what `random` says, and waits until all is settled.
 */
export async function playStream(random: () => number, opener: Port, taker: Port, name: string): Promise<Played> {
  const plans = [drawPlan(random), drawPlan(random)] as const;
  const highWaterMark = 1 + Math.floor(random() ** 2 * 200_000);
  const sides = plans.map((): Side => ({ sent: 0, hasEnded: false, received: 0, wrongAt: -1, sawEnd: false })) as [Side, Side];
  const [openerAbort, takerAbort] = [new AbortController(), new AbortController()];
  const taking = Promise.withResolvers<void>();
  const off = taker.onStream(name, (stream) => {
    const abort = (): void => takerAbort.abort();
    takerAbort.signal.addEventListener("abort", () => stream.destroy(new PeerloomError("ABORTED", "on purpose")), { once: true });
    void playEnd(stream, plans[1], 255, sides[1], abort).then(taking.resolve, taking.reject);
  });
  const { signal } = openerAbort;
  let isOpen = false;
  try {
    const stream = await opener.remote(taker.id).openStream(name, { highWaterMark, signal, timeoutMs: 20_000 });
    isOpen = true;
    await playEnd(stream, plans[0], 0, sides[0], () => openerAbort.abort());
  } catch (thrown) {
    if (!PeerloomError.is(thrown)) throw thrown;
  }
  off();
  // Without an opener's end the taker may never have heard of it.
  if (isOpen || sides[1].sent + sides[1].received > 0) await taking.promise;
  const left = getEventListeners(signal, "abort").length;
  const problems = [
    ...complaints("the taker", sides[0], sides[1]),
    ...complaints("the opener", sides[1], sides[0]),
    ...(left > 0 ? [`${left} listeners are left on the signal`] : []),
  ];
  return { problems, bytes: sides[0].received + sides[1].received, ends: Number(sides[0].sawEnd) + Number(sides[1].sawEnd) };
}

function complaints(who: string, from: Side, to: Side): string[] {
  const found: string[] = [];
  if (to.wrongAt >= 0) found.push(`${who} received a wrong byte at ${to.wrongAt}`);
  if (to.received > from.sent) found.push(`${who} received ${to.received} bytes of ${from.sent}`);
  if (to.sawEnd && !from.hasEnded) found.push(`${who} saw an end that nobody sent`);
  if (to.sawEnd && to.received !== from.sent) found.push(`${who} saw the end after ${to.received} bytes of ${from.sent}`);
  return found;
}
