import { PeerloomError, type PeerStream } from "@peerloom/core";
import { ChannelStream } from "./channel-stream.ts";
import type { Channel } from "./channel.ts";
import { Inbox } from "./inbox.ts";
import { joinBytes } from "./pieces.ts";
import { Writer, type Done } from "./writer.ts";

/** The part of Node's `stream.Duplex` that is used here; `readable-stream`'s has it, too. */
export interface DuplexLike {
  push(chunk: unknown): boolean;
  destroy(error?: Error): unknown;
}

/** How an application wants its Duplex. */
export interface DuplexOptions {
  /** Carry JSON values, each as one chunk, instead of bytes. @defaultValue false */
  readonly objectMode?: boolean;
  /** False ends the writable side when the other side has ended its own. @defaultValue true */
  readonly allowHalfOpen?: boolean;
}

/** What a `Duplex` constructor takes. */
export interface DuplexHooks extends Required<DuplexOptions> {
  readonly read: () => void;
  readonly write: (chunk: unknown, encoding: string, done: Done) => void;
  readonly writev: (chunks: ArrayLike<{ readonly chunk: unknown }>, done: Done) => void;
  readonly final: (done: Done) => void;
  readonly destroy: (error: Error | null, done: Done) => void;
}

/** A class of Duplexes: how one is made, and what it calls bytes. */
export interface DuplexMaker<D extends DuplexLike> {
  create(hooks: DuplexHooks): D;
  toChunk(bytes: Uint8Array): Uint8Array;
}

/** Makes a Duplex of a stream. @throws TypeError when the stream is in use, or none of this library's. */
export function makeDuplex<D extends DuplexLike>(
  maker: DuplexMaker<D>,
  stream: PeerStream,
  { objectMode = false, allowHalfOpen = true }: DuplexOptions = {},
): D {
  if (!(stream instanceof ChannelStream)) throw new TypeError("only streams of this library can become a Duplex");
  const channel = stream.take();
  const writer = new Writer(channel);
  const inbox = new Inbox(channel, {
    take: (value) => {
      if (value !== null) return duplex.push(objectMode ? value : toChunk(value, maker));
      // Pushing it would say that the stream has ended.
      channel.destroy(new PeerloomError("BAD_PACKET", "null came, which a Duplex takes for the end; use the web streams"));
      return false;
    },
    close: () => void duplex.push(null),
  });
  // Outside object mode the Duplex itself makes bytes of strings.
  const pieces = (chunks: readonly unknown[]): Iterable<unknown> => (objectMode ? chunks : joinBytes(chunks as Uint8Array[]));
  let finish: Done | undefined;
  const duplex = maker.create({
    objectMode,
    allowHalfOpen,
    read: () => inbox.wanted(),
    write: (chunk, _encoding, done) => writer.write(pieces([chunk]), done),
    writev: (chunks, done) => writer.write(pieces(Array.from(chunks, ({ chunk }) => chunk)), done),
    final: (done) => {
      finish = done;
      channel.end();
    },
    destroy: (error, done) => {
      destroyChannel(channel, error);
      writer.fail(error ?? channel.error ?? new PeerloomError("CLOSED", "the stream was destroyed"));
      inbox.clear();
      done(error);
    },
  });
  channel.attach({
    data: (values) => inbox.arrived(values),
    end: () => inbox.ended(),
    arrived: () => finish?.(null),
    writable: () => writer.go(),
    // What this program closed itself is no error to it; a stream without an error listener must not end it then.
    failed: (error) => void (error.code === "CLOSED" && !error.remote ? duplex.destroy() : duplex.destroy(error)),
  });
  return duplex;
}

/** A Duplex destroys itself without an error when both directions are done: nobody needs to be told of that. */
function destroyChannel(channel: Channel, error: Error | null): void {
  if (error !== null) channel.destroy(error);
  else if (!channel.isFinished) channel.destroy();
}

/** What is neither bytes nor text is left to the Duplex, which refuses it. */
function toChunk(value: unknown, maker: Pick<DuplexMaker<DuplexLike>, "toChunk">): unknown {
  if (value instanceof Uint8Array) return maker.toChunk(value);
  return value instanceof ArrayBuffer ? maker.toChunk(new Uint8Array(value)) : value;
}
