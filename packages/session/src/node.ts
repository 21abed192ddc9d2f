import { Duplex } from "node:stream";
import type { ListenOptions, OpenStreamOptions, PeerStream, Port, Remote, Unsubscribe } from "@peerloom/core";
import { makeDuplex, type DuplexMaker, type DuplexOptions } from "./streams/duplex.ts";
import { openAs, takeAs, type TypedStreamHandler } from "./streams/typed.ts";

export type { DuplexOptions } from "./streams/duplex.ts";
export type { StreamContext } from "./streams/typed.ts";

/** Takes a Duplex that a peer opens. What it throws before it returns refuses the stream, what it throws later destroys it. */
export type DuplexHandler = TypedStreamHandler<Duplex>;

const maker: DuplexMaker<Duplex> = {
  create: (hooks) => new Duplex(hooks),
  toChunk: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
};

/**
 * Turns a stream into a Node `Duplex` of `Buffer`s (or of values, with `objectMode`): back-pressure both ways, half-close, and
 * `destroy(error)` that crosses with the error's code and message; without an error the other side is told `ABORTED`. A lost peer
 * destroys it with `PEER_LOST`. Its signal and its budgets stay those of the stream, which must not be used beside it.
 *
 * @throws TypeError when the stream is already in use.
 */
export function toDuplex(stream: PeerStream, options?: DuplexOptions): Duplex {
  return makeDuplex(maker, stream, options);
}

/** Opens a stream as a Node `Duplex`: `Remote.openStream` and `toDuplex` in one. Rejects as `openStream` does. */
export function openDuplex(remote: Remote, name: string, options: OpenStreamOptions & DuplexOptions = {}): Promise<Duplex> {
  return openAs(toDuplex, remote, name, options);
}

/** Takes the streams that peers open under `name`, as Node `Duplex`es: `Port.onStream` and `toDuplex` in one. @throws TypeError as `onStream` does. */
export function onDuplex(port: Port, name: string, handler: DuplexHandler, options: ListenOptions & DuplexOptions = {}): Unsubscribe {
  return takeAs(toDuplex, port, name, handler, options);
}
