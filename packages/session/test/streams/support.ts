import type { Duplex } from "node:stream";
import type { OpenStreamOptions, PeerStream } from "@peerloom/core";
import { toDuplex, type DuplexOptions } from "@peerloom/session/node";
import type { Pair } from "../pair.ts";

/** Both ends of a stream, from alice to bob. */
export async function bothEnds(pair: Pair, options: OpenStreamOptions = {}): Promise<{ near: PeerStream; far: PeerStream }> {
  const taken = Promise.withResolvers<PeerStream>();
  const off = pair.bob.onStream("s", taken.resolve);
  const near = await pair.alice.remote("bob").openStream("s", options);
  off();
  return { near, far: await taken.promise };
}

/** Both ends of a stream as Duplexes. An error that nobody listens for is none here. */
export async function duplexes(pair: Pair, options: DuplexOptions & OpenStreamOptions = {}): Promise<{ near: Duplex; far: Duplex }> {
  const { near, far } = await bothEnds(pair, options);
  const ignore = (): void => {};
  return { near: toDuplex(near, options).on("error", ignore), far: toDuplex(far, options).on("error", ignore) };
}

/** Bytes that tell their place. */
export const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * 31) % 251);

/** Streams that are open on either side. */
export const openStreams = (pair: Pair): number => pair.alice.load.streams + pair.bob.load.streams;

/** How a promise ended: the code or name of its error, or "fine". */
export const outcome = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "fine",
    (error: Error & { code?: string }) => error.code ?? error.name,
  );

/** Lets what is under way between the two arrive. */
export async function turns(count = 20): Promise<void> {
  for (let n = 0; n < count; n++) await new Promise((resolve) => void setImmediate(resolve));
}

/** A web stream of these values. `ReadableStream.from` is not in the types yet. */
export function sourceOf(values: readonly unknown[]): ReadableStream<unknown> {
  const left = [...values];
  return new ReadableStream({
    pull: (controller) => {
      if (left.length > 0) controller.enqueue(left.shift());
      else controller.close();
    },
  });
}
