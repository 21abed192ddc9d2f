import { open } from "node:fs/promises";
import { CHAT, type FileRequest } from "@peerloom/app-chat-wire";
import type { Remote } from "@peerloom/client";
import type { Offer } from "../model/state.ts";
import { bytesThere, partPath, settlePart } from "./part.ts";

export interface FetchOptions {
  readonly remote: Pick<Remote, "openStream">;
  readonly offer: Pick<Offer, "from" | "id" | "file" | "folder">;
  readonly signal: AbortSignal;
  /** Called with what is there already, and then with each piece that is on the disk. */
  readonly onBytes: (done: number) => void;
}

/** Fetches what is missing of a file. What came stays when this rejects. @returns where the whole file is. */
export async function fetchFile({ remote, offer, signal, onBytes }: FetchOptions): Promise<string> {
  const { file, folder, id } = offer;
  const part = partPath(folder, offer);
  let done = await bytesThere(part, file.size);
  onBytes(done);
  await using handle = await open(part, "a");
  if (done < file.size) {
    const metadata: FileRequest = { id, offset: done };
    const stream = await remote.openStream(CHAT.file, { metadata, signal });
    const stop = (): void => stream.destroy();
    signal.addEventListener("abort", stop, { once: true });
    try {
      void stream.writable.close().catch(() => {});
      for await (const piece of stream.readable as unknown as AsyncIterable<unknown>) {
        if (!(piece instanceof Uint8Array) || done + piece.length > file.size) throw new Error("what came is not this file");
        await handle.writeFile(piece);
        done += piece.length;
        onBytes(done);
      }
    } finally {
      signal.removeEventListener("abort", stop);
      stream.destroy();
    }
  }
  if (done < file.size) throw new Error("it ended too early");
  return settlePart(part, folder, file.name);
}
