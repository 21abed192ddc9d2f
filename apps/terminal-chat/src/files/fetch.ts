import { open, unlink, type FileHandle } from "node:fs/promises";
import { CHAT, type FileRequest } from "@peerloom/app-chat-wire";
import type { Remote } from "@peerloom/client";
import type { Offer } from "../model/state.ts";
import { fromHome } from "./home.ts";
import { bytesThere, partPath, settlePart } from "./part.ts";

export interface FetchOptions {
  readonly remote: Pick<Remote, "openStream">;
  readonly offer: Pick<Offer, "from" | "id" | "file" | "folder">;
  readonly signal: AbortSignal;
  /** Called with what is there already, and then with each piece that is on the disk. */
  readonly onBytes: (done: number) => void;
}

/** Fetches what is missing of a file. What came stays when this rejects. @returns where the whole file is. */
export async function fetchFile(options: FetchOptions): Promise<string> {
  const { file } = options.offer;
  const folder = fromHome(options.offer.folder);
  const part = partPath(folder, options.offer);
  const there = await bytesThere(part, file.size);
  options.onBytes(there);
  let done = there;
  try {
    await using handle = await open(part, "a");
    if (there < file.size) for await (const bytes of receive(options, handle, there)) options.onBytes((done += bytes));
    if (done < file.size) throw new Error("it ended too early");
  } catch (thrown) {
    if (done === 0) await unlink(part).catch(() => {});
    throw thrown;
  }
  return settlePart(part, folder, file.name);
}

/** Writes what comes, from the byte `offset` on, and tells how much each time. */
async function* receive({ remote, offer, signal }: FetchOptions, handle: FileHandle, offset: number): AsyncGenerator<number> {
  const metadata: FileRequest = { id: offer.id, offset };
  const stream = await remote.openStream(CHAT.file, { metadata, signal });
  const stop = (): void => stream.destroy();
  signal.addEventListener("abort", stop, { once: true });
  let left = offer.file.size - offset;
  try {
    // All was said with the metadata.
    void stream.writable.close().catch(() => {});
    for await (const piece of stream.readable as unknown as AsyncIterable<unknown>) {
      if (!(piece instanceof Uint8Array) || piece.length > left) throw new Error("what came is not this file");
      await handle.writeFile(piece);
      left -= piece.length;
      yield piece.length;
    }
  } finally {
    signal.removeEventListener("abort", stop);
    stream.destroy();
  }
}
