import type { MemoryPeak } from "./live-memory.ts";
import { startProgram } from "./process.ts";

/** A stream to send. */
export interface Sending {
  readonly to: string;
  readonly bytes: number;
  /** How fast the receiver reads. */
  readonly bytesPerS?: number;
  /** Send it through gzip and AES, and read it through their inverses. */
  readonly isTransformed?: boolean;
}

export interface Digest {
  readonly sha256: string;
  readonly bytes: number;
}

export interface StreamerCall {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

export interface StreamerReply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** A client in a process of its own that sends and receives streams. */
export interface Streamer extends AsyncDisposable {
  /** Sends, and resolves with what each side made of it. */
  send(order: Sending): Promise<{ readonly sent: Digest; readonly received: Digest }>;
  /** Bytes received of the stream under way. */
  received(): Promise<number>;
  /** Resolves when so many bytes of the stream under way have come, or of the next one. */
  reaches(bytes: number): Promise<void>;
  /** Milliseconds each of requests, one after the other. */
  roundTrips(order: { readonly to: string; readonly count: number }): Promise<number[]>;
  /** Watches memory from now on. */
  watch(): Promise<void>;
  /** The peak above what was in use at `watch`, in bytes. */
  peak(): Promise<MemoryPeak>;
}

export async function startStreamer(url: string, clientId: string): Promise<Streamer> {
  const program = await startProgram("streamer", [url, clientId]);
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let calls = 0;
  program.child.on("message", ({ id, value, error }: StreamerReply) => {
    if (error === undefined) waiting.get(id)?.resolve(value);
    else waiting.get(id)?.reject(new Error(`${clientId}: ${error}`));
    waiting.delete(id);
  });
  const call = (name: string, argument?: unknown): Promise<unknown> => {
    const reply = Promise.withResolvers<unknown>();
    calls += 1;
    waiting.set(calls, reply);
    program.child.send({ id: calls, name, argument } satisfies StreamerCall);
    return reply.promise;
  };
  return {
    send: (order) => call("send", order) as ReturnType<Streamer["send"]>,
    received: () => call("received") as Promise<number>,
    reaches: async (bytes) => void (await call("reaches", bytes)),
    roundTrips: (order) => call("roundTrips", order) as Promise<number[]>,
    watch: async () => void (await call("watch")),
    peak: () => call("peak") as Promise<MemoryPeak>,
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}
