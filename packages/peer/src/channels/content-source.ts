/** What a file can be made of. */
export type FileContent = Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** Reads a content piece by piece. */
export interface ContentReader {
  /** The next piece; undefined at the end. */
  readonly read: () => Promise<Uint8Array | undefined>;
  /** Nobody wants the rest. */
  readonly cancel: (reason: unknown) => void;
}

const SLICE_BYTES = 1_048_576;

/** @throws TypeError when it is nothing that can be read, or read by somebody else. */
export function readerOf(content: FileContent): ContentReader {
  if (content instanceof Blob) return blobReader(content);
  // First, because the streams of some platforms are iterables, too, and only a reader can be cancelled while it waits.
  if ("getReader" in content && typeof content.getReader === "function") return streamReader(content);
  if (Symbol.asyncIterator in content) return iteratorReader(content[Symbol.asyncIterator]());
  throw new TypeError("a file's content must be a Blob, a ReadableStream or an async iterable of Uint8Array");
}

function blobReader(blob: Blob): ContentReader {
  let at = 0;
  return {
    read: async () => {
      if (at >= blob.size) return undefined;
      const slice = blob.slice(at, at + SLICE_BYTES);
      at += SLICE_BYTES;
      return new Uint8Array(await slice.arrayBuffer());
    },
    cancel: () => {},
  };
}

function streamReader(stream: ReadableStream<Uint8Array>): ContentReader {
  const reader = stream.getReader();
  return {
    read: async () => {
      const { done, value } = await reader.read();
      return done ? undefined : checked(value);
    },
    cancel: (reason) => void reader.cancel(reason).catch(() => {}),
  };
}

function iteratorReader(iterator: AsyncIterator<Uint8Array>): ContentReader {
  return {
    read: async () => {
      const next = await iterator.next();
      return next.done === true ? undefined : checked(next.value);
    },
    cancel: () => void iterator.return?.().catch(() => {}),
  };
}

function checked(piece: unknown): Uint8Array {
  if (!(piece instanceof Uint8Array)) throw new TypeError("a file's content must be bytes: Uint8Array");
  return piece;
}
