import type { FileInfo } from "./file-info.ts";
import { toBlob } from "./file-info.ts";
import type { FlowIn } from "./flow-in.ts";

/** A file that the other side sends. It comes at the pace at which it is read, so it must be read or cancelled. */
export class IncomingFile implements FileInfo {
  readonly name: string;
  readonly type: string;
  readonly size: number | undefined;
  readonly lastModified: number | undefined;
  readonly metadata: unknown;
  readonly #flow: FlowIn;
  readonly #cancel: (reason: unknown) => void;

  constructor(info: FileInfo, flow: FlowIn, cancel: (reason: unknown) => void) {
    this.name = info.name;
    this.type = info.type;
    this.size = info.size;
    this.lastModified = info.lastModified;
    this.metadata = info.metadata;
    this.#flow = flow;
    this.#cancel = cancel;
  }

  /** Its content. Errors with the sender's code when it gives up, or with the channel's error. Cancelling it cancels the file. */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#flow.readable;
  }

  /** Bytes that have come. */
  get receivedBytes(): number {
    return this.#flow.received;
  }

  /** Reads all of it: a `File` where it has a name and the platform has files, else a `Blob`. Rejects as `readable` errors. */
  async blob({ onProgress }: { readonly onProgress?: (progress: FileProgress) => void } = {}): Promise<Blob> {
    const parts: Blob[] = [];
    let pieces: Uint8Array<ArrayBuffer>[] = [];
    let bytes = 0;
    let piecesBytes = 0;
    const reader = this.readable.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      pieces.push(next.value);
      bytes += next.value.length;
      piecesBytes += next.value.length;
      if (piecesBytes >= PART_BYTES) {
        // The platform may keep a blob elsewhere than in this program's memory.
        parts.push(new Blob(pieces));
        pieces = [];
        piecesBytes = 0;
      }
      try {
        onProgress?.({ bytes, totalBytes: this.size });
      } catch (thrown) {
        // Otherwise it would wait for ever to be read on.
        this.cancel(thrown);
        throw thrown;
      }
    }
    return toBlob([...parts, ...pieces], this);
  }

  /** Tells the sender to stop; its promise rejects with `ABORTED` and the reason's message. */
  cancel(reason?: unknown): void {
    this.#cancel(reason);
  }
}

const PART_BYTES = 4_194_304;

/** How far a transfer is. */
export interface FileProgress {
  readonly bytes: number;
  /** Undefined when nobody knows. */
  readonly totalBytes: number | undefined;
}
