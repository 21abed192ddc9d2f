import type { PeerStream } from "@peerloom/core";

/** Is it something that travels as a stream: an async iterable, a `ReadableStream`, a `PeerStream`? */
export function isStream(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  return Symbol.asyncIterator in value || value instanceof ReadableStream || isPeerStream(value);
}

/** The values of a stream, one by one. Nothing is read before the first `next`. */
export function iterate(stream: object): AsyncIterator<unknown> {
  if (Symbol.asyncIterator in stream) return (stream as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  return readerOf(isPeerStream(stream) ? stream.readable : (stream as ReadableStream<unknown>));
}

function isPeerStream(value: object): value is PeerStream {
  return "readable" in value && value.readable instanceof ReadableStream;
}

/** Not every browser iterates a `ReadableStream`. */
function readerOf(readable: ReadableStream<unknown>): AsyncIterator<unknown> {
  const reader = readable.getReader();
  return {
    next: async () => {
      const result = await reader.read();
      return result.done ? { done: true, value: undefined } : result;
    },
    return: async () => {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}
