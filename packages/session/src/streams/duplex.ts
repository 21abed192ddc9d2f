import { PeerloomError, type PeerStream } from "@peerloom/core";
import { ChannelStream } from "./channel-stream.ts";
import type { Channel } from "./channel.ts";
import { costOf } from "./credit.ts";
import { cutBytes } from "./cut-bytes.ts";

type Done = (error?: Error | null) => void;

/** The part of Node's `stream.Duplex` that is used here; `readable-stream`'s has it, too. */
export interface DuplexLike {
  push(chunk: unknown): boolean;
  destroy(error?: Error): unknown;
}

/** What a `Duplex` constructor takes. */
export interface DuplexHooks {
  readonly objectMode: boolean;
  readonly read: () => void;
  readonly write: (chunk: unknown, encoding: string, done: Done) => void;
  readonly writev: (chunks: { readonly chunk: unknown }[], done: Done) => void;
  readonly final: (done: Done) => void;
  readonly destroy: (error: Error | null, done: Done) => void;
}

export interface DuplexOptions {
  /** Carry JSON values instead of bytes. @defaultValue false */
  readonly objectMode?: boolean;
}

/** Makes a Duplex of a stream: `create` calls the class's constructor, `toChunk` makes what it calls bytes. */
export function makeDuplex<D extends DuplexLike>(
  create: (hooks: DuplexHooks) => D,
  toChunk: (bytes: Uint8Array) => Uint8Array,
  stream: PeerStream,
  { objectMode = false }: DuplexOptions = {},
): D {
  if (!(stream instanceof ChannelStream)) throw new TypeError("only streams of this library can become a Duplex");
  const channel = stream.take();
  const writer = new Writer(channel);
  const reader = new Reader(channel, toChunk);
  const toValue = (chunk: unknown): unknown =>
    objectMode || chunk instanceof Uint8Array ? chunk : new TextEncoder().encode(String(chunk));
  const duplex = create({
    objectMode,
    read: () => reader.wanted(),
    write: (chunk, _encoding, done) => writer.write([toValue(chunk)], done),
    writev: (chunks, done) => writer.write(joinBytes(chunks.map(({ chunk }) => toValue(chunk))), done),
    final: (done) => {
      channel.end();
      done();
    },
    destroy: (error, done) => {
      if (error !== null || !channel.isFinished) channel.destroy(error ?? undefined);
      writer.stop(error ?? channel.error ?? new PeerloomError("CLOSED", "the stream was destroyed"));
      reader.stop();
      done(error);
    },
  });
  reader.push = (value) => duplex.push(value);
  channel.attach({
    data: (values) => reader.arrived(values),
    end: () => reader.ended(),
    writable: () => writer.go(),
    // What this program closed itself is no error to it; a stream without an error listener must not end it then.
    failed: (error) => void (error.code === "CLOSED" && !error.remote ? duplex.destroy() : duplex.destroy(error)),
  });
  return duplex;
}

/** Hands a Duplex's writes to a channel, as far as its credit goes. */
class Writer {
  readonly #channel: Channel;
  #pieces: unknown[] = [];
  #done: Done | undefined;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  write(values: readonly unknown[], done: Done): void {
    this.#pieces = values.flatMap(cutBytes);
    this.#done = done;
    this.go();
  }

  /** Goes on with what waits for credit. */
  go(): void {
    if (this.#done === undefined) return;
    try {
      let sent = 0;
      for (; sent < this.#pieces.length && this.#channel.canWrite; sent++) this.#channel.write([this.#pieces[sent]]);
      this.#pieces = this.#pieces.slice(sent);
    } catch (thrown) {
      return this.stop(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
    if (this.#pieces.length === 0) this.stop(null);
  }

  /** Answers the write under way. */
  stop(error: Error | null): void {
    const done = this.#done;
    this.#done = undefined;
    this.#pieces = [];
    done?.(error);
  }
}

/** Hands what has come to a Duplex as it asks for it; holds at most the channel's window. */
class Reader {
  /** The Duplex's `push`: false when it wants no more. */
  push: (value: unknown) => boolean = () => false;
  readonly #channel: Channel;
  readonly #toChunk: (bytes: Uint8Array) => Uint8Array;
  #values: unknown[] = [];
  #isWanted = false;
  #hasEnded = false;

  constructor(channel: Channel, toChunk: (bytes: Uint8Array) => Uint8Array) {
    this.#channel = channel;
    this.#toChunk = toChunk;
  }

  arrived(values: readonly unknown[]): void {
    this.#values.push(...values);
    this.#deliver();
  }

  ended(): void {
    this.#hasEnded = true;
    this.#deliver();
  }

  wanted(): void {
    this.#isWanted = true;
    this.#deliver();
  }

  stop(): void {
    this.#values = [];
    this.#hasEnded = false;
    this.#isWanted = false;
  }

  #deliver(): void {
    while (this.#isWanted && this.#values.length > 0) {
      const value = this.#values.shift();
      this.#channel.consumed(costOf(value));
      this.#isWanted = this.push(value instanceof Uint8Array ? this.#toChunk(value) : value);
    }
    if (!this.#isWanted || !this.#hasEnded) return;
    this.stop();
    this.push(null);
  }
}

/** Writes in a row travel as one value; anything but bytes stays as it is. */
function joinBytes(values: readonly unknown[]): readonly unknown[] {
  const chunks = values.filter((value) => value instanceof Uint8Array);
  if (chunks.length < values.length) return values;
  const joined = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return [joined];
}
