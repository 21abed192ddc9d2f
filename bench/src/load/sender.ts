import { setTimeout as delay } from "node:timers/promises";
import type { Handlers, Payload, Wire } from "../contestants/wire.ts";
import type { Begin, Report } from "./inbox.ts";
import { makeRing } from "./ring.ts";
import type { Shape } from "./ring.ts";

/** One run of one contestant. */
export interface Order {
  /**
   * `stream`: one message after the other, waiting only when told to; `awaited`: an await after each message; `request`: one request
   * after the other; `requests`: `window` requests at any time; `echo`: one message after the other, each sent back as a message.
   */
  readonly kind: "stream" | "awaited" | "request" | "requests" | "echo";
  readonly shape: Shape;
  readonly window: number;
  readonly durationMs: number;
}

/** What a run showed: messages a second and bytes a second, or the median milliseconds of a round trip. */
export interface Result {
  readonly messagesPerS: number;
  readonly bytesPerS: number;
  readonly roundTripMs: number;
}

const reportDeadlineMs = 10_000;
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** The sending end. */
export class Sender implements Handlers {
  #wire: Wire | undefined;
  #ring: readonly Payload[] = [];
  #ringKey = "";
  #echoed: ((payload: unknown) => void) | undefined;

  attach(wire: Wire): void {
    this.#wire = wire;
  }

  message(payload: unknown): void {
    this.#echoed?.(payload);
  }

  request(): unknown {
    throw new Error("nobody asks the sender");
  }

  /** Runs one load. Rejects when a message was lost, doubled, changed or out of order. */
  async run({ kind, shape, window, durationMs }: Order): Promise<Result> {
    const wire = this.#wire;
    if (!wire) throw new Error("not connected");
    const ring = this.#ringOf(shape);
    wire.setWindow(window);
    await wire.request({ do: "begin", shape, window, isEcho: kind === "echo" } satisfies Begin);
    if (kind === "request" || kind === "echo") {
      const roundTripMs = await this.#pingPong(wire, ring, kind, durationMs);
      return { messagesPerS: 1000 / roundTripMs, bytesPerS: (shape.sizeBytes * 1000) / roundTripMs, roundTripMs };
    }
    const start = performance.now();
    if (kind === "requests") {
      const answered = await ask(wire, ring, window, start + durationMs);
      const requestsPerS = (answered * 1000) / (performance.now() - start);
      return { messagesPerS: requestsPerS, bytesPerS: requestsPerS * shape.sizeBytes, roundTripMs: Number.NaN };
    }
    const sent = kind === "awaited" ? await pushAwaited(wire, ring, start + durationMs) : await push(wire, ring, start + durationMs);
    await confirm(wire, sent);
    const messagesPerS = (sent * 1000) / (performance.now() - start);
    return { messagesPerS, bytesPerS: messagesPerS * shape.sizeBytes, roundTripMs: Number.NaN };
  }

  /** Made once: making one leaves garbage that would be collected while the clock runs. */
  #ringOf(shape: Shape): readonly Payload[] {
    const key = JSON.stringify(shape);
    if (key !== this.#ringKey) this.#ring = makeRing(shape);
    this.#ringKey = key;
    return this.#ring;
  }

  async #pingPong(wire: Wire, ring: readonly Payload[], kind: "request" | "echo", durationMs: number): Promise<number> {
    const samples: number[] = [];
    const end = performance.now() + durationMs;
    for (let now = performance.now(); now < end;) {
      const payload = ring[samples.length % ring.length] ?? "";
      const reply = kind === "request" ? await wire.request(payload) : await this.#echo(wire, payload);
      const then = performance.now();
      if (reply !== payload) throw new Error(`round trip ${samples.length} came back with ${String(reply).slice(0, 24)}`);
      samples.push(then - now);
      now = then;
    }
    return median(samples);
  }

  #echo(wire: Wire, payload: Payload): Promise<unknown> {
    return new Promise((resolve) => {
      this.#echoed = resolve;
      wire.send(payload);
    });
  }
}

/** Keeps so many requests under way; each asks again when it is answered. */
async function ask(wire: Wire, ring: readonly Payload[], atOnce: number, end: number): Promise<number> {
  let asked = 0;
  const one = async (): Promise<void> => {
    while (performance.now() < end) {
      const payload = ring[asked++ % ring.length] ?? "";
      const reply = await wire.request(payload);
      if (reply !== payload) throw new Error(`a request came back with ${String(reply).slice(0, 24)}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return asked;
}

/** Sends in a loop that yields only when told to; reads the clock once in a while. */
async function push(wire: Wire, ring: readonly Payload[], end: number): Promise<number> {
  const step = typeof ring[0] === "string" ? 64 : 1;
  let sent = 0;
  while (performance.now() < end) {
    for (let i = 0; i < step; i++) if (!wire.send(ring[sent++ % ring.length] ?? "")) await wire.drained();
  }
  return sent;
}

async function pushAwaited(wire: Wire, ring: readonly Payload[], end: number): Promise<number> {
  let sent = 0;
  while (performance.now() < end) {
    for (let i = 0; i < 64; i++) {
      wire.send(ring[sent++ % ring.length] ?? "");
      await wire.drained();
    }
  }
  return sent;
}

/** A request is handled after the messages before it, so the first report should be the last. */
async function confirm(wire: Wire, sent: number): Promise<void> {
  const end = performance.now() + reportDeadlineMs;
  for (;;) {
    const { received, problem } = (await wire.request({ do: "report" })) as Report;
    if (problem) throw new Error(problem);
    if (received === sent) return;
    if (received > sent || performance.now() > end) throw new Error(`${sent} messages sent, ${received} received`);
    await delay(1);
  }
}
