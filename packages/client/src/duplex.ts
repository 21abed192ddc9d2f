import type { ListenOptions, OpenStreamOptions, PeerStream, Port, Remote, Unsubscribe } from "@peerloom/core";
import { makeDuplex, openAs, takeAs, type DuplexMaker, type DuplexOptions, type TypedStreamHandler } from "@peerloom/session/duplex";
import { Duplex } from "readable-stream";

export type { DuplexOptions, StreamContext } from "@peerloom/session/duplex";

/** Takes a Duplex that a peer opens. What it throws before it returns refuses the stream, what it throws later destroys it. */
export type DuplexHandler = TypedStreamHandler<Duplex>;

const maker: DuplexMaker<Duplex> = {
  create: (hooks) => new Duplex(hooks),
  // It makes its own kind of Buffer of them.
  toChunk: (bytes) => bytes,
};

/**
 * Turns a stream into a `Duplex` of the package `readable-stream`, which you install beside this one: for browsers, and for programs
 * that run in both. The same in all else as `toDuplex` of `@peerloom/client/node`.
 *
 * @throws TypeError when the stream is already in use.
 */
export function toDuplex(stream: PeerStream, options?: DuplexOptions): Duplex {
  return makeDuplex(maker, stream, options);
}

/** Opens a stream as a `Duplex`: `Remote.openStream` and `toDuplex` in one. Rejects as `openStream` does. */
export function openDuplex(remote: Remote, name: string, options: OpenStreamOptions & DuplexOptions = {}): Promise<Duplex> {
  return openAs(toDuplex, remote, name, options);
}

/** Takes the streams that peers open under `name`, as `Duplex`es: `Port.onStream` and `toDuplex` in one. @throws TypeError as `onStream` does. */
export function onDuplex(port: Port, name: string, handler: DuplexHandler, options: ListenOptions & DuplexOptions = {}): Unsubscribe {
  return takeAs(toDuplex, port, name, handler, options);
}
