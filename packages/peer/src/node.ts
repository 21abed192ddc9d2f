import { Duplex, type DuplexOptions } from "node:stream";
import type { Channel } from "./channels/index.ts";

/**
 * The stream of a channel as a Node `Duplex` of `Buffer`s: `channel.pair()` with back-pressure both ways, half-close, and `destroy(error)`
 * that crosses with the error's message. The end of the channel destroys it with the channel's error. The pair must not be used beside it.
 *
 * @throws PeerloomError `TOO_LARGE` on an unreliable channel, or what the channel was closed with.
 */
export function toDuplex(channel: Channel, { allowHalfOpen = true }: Pick<DuplexOptions, "allowHalfOpen"> = {}): Duplex {
  const { readable, writable } = channel.pair();
  return Duplex.fromWeb({ readable, writable } as Parameters<typeof Duplex.fromWeb>[0], { allowHalfOpen });
}
