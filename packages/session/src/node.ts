import { Duplex } from "node:stream";
import type { PeerStream } from "@peerloom/core";
import { makeDuplex, type DuplexOptions } from "./streams/duplex.ts";

export type { DuplexOptions } from "./streams/duplex.ts";

/**
 * Turns a stream into a Node `Duplex` of `Buffer`s (or of values, with `objectMode`): back-pressure both ways, half-close, and
 * `destroy(error)` that crosses with the error's code and message. A lost peer destroys it with `PEER_LOST`. Its signal and its
 * budgets stay those of the stream, which must not be used beside it.
 *
 * @throws TypeError when the stream is already in use.
 */
export function toDuplex(stream: PeerStream, options?: DuplexOptions): Duplex {
  return makeDuplex(
    (hooks) => new Duplex(hooks),
    (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    stream,
    options,
  );
}
