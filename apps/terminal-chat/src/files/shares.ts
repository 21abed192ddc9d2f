import { open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { CHAT, cleanFileName, parseFileRequest, type FileOffer } from "@peerloom/app-chat-wire";
import { PeerloomError, type MessageContext, type PeerStream, type Port } from "@peerloom/client";

/** A file of one's own that others may fetch. */
interface Share {
  readonly path: string;
  readonly file: FileOffer;
  readonly changedMs: number;
  readonly mayFetch: (id: string) => boolean;
}

export interface SharesOptions {
  /** Somebody has all of a file. */
  readonly onTaken: (by: string, file: FileOffer) => void;
}

const maxShares = 100;
const pieceBytes = 65_536;

/** Files of one's own, for whoever asks and may; read anew each time, from where the asker wants. */
export class Shares {
  readonly #options: SharesOptions;
  readonly #shares = new Map<string, Share>();

  constructor(port: Pick<Port, "onStream">, options: SharesOptions) {
    this.#options = options;
    port.onStream(CHAT.file, (stream: PeerStream, { from }: MessageContext) => this.#serve(stream, from));
  }

  /** Keeps a file for others under the id of its line; the oldest is dropped when there are too many. @throws Error when there is no such file. */
  async add(path: string, id: string, mayFetch: Share["mayFetch"]): Promise<FileOffer> {
    const { size, mtimeMs, isFile } = await look(path);
    if (!isFile) throw new Error(`${path} is no file`);
    const file: FileOffer = { name: cleanFileName(basename(path)), size, type: "" };
    this.#shares.set(id, { path, file, changedMs: mtimeMs, mayFetch });
    const [oldest] = this.#shares.keys();
    if (this.#shares.size > maxShares && oldest !== undefined) this.#shares.delete(oldest);
    return file;
  }

  async #serve(stream: PeerStream, from: string): Promise<void> {
    const request = parseFileRequest(stream.metadata);
    const share = request && this.#shares.get(request.id);
    if (request === undefined || share === undefined) throw new PeerloomError("NO_FILE", "this file is not offered any more");
    if (!share.mayFetch(from)) throw new PeerloomError("FORBIDDEN", "this file is for others");
    const { path, file, changedMs } = share;
    const now = await look(path).catch(() => undefined);
    if (now === undefined || request.offset > now.size) throw new PeerloomError("NO_FILE", "there is no such file any more");
    if (now.size !== file.size || now.mtimeMs !== changedMs)
      throw new PeerloomError("NO_FILE", "the file has changed since it was offered");
    await using handle = await open(path);
    await send(stream, handle.createReadStream({ start: request.offset, highWaterMark: pieceBytes, autoClose: false }));
    this.#options.onTaken(from, file);
  }
}

/** Sends all of it, as fast as the other side takes it, and waits until it is there. */
async function send(stream: PeerStream, source: AsyncIterable<Uint8Array>): Promise<void> {
  const writer = stream.writable.getWriter();
  try {
    for await (const piece of source) {
      await writer.ready;
      await writer.write(piece);
    }
    await writer.close();
  } catch (thrown) {
    stream.destroy(thrown);
    throw thrown;
  }
}

async function look(path: string): Promise<{ readonly size: number; readonly mtimeMs: number; readonly isFile: boolean }> {
  const stats = await stat(path);
  return { size: stats.size, mtimeMs: stats.mtimeMs, isFile: stats.isFile() };
}
