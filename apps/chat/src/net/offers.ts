import { CHAT, parseFileRequest } from "@peerloom/app-chat-wire";
import { PeerloomError, type PeerStream } from "@peerloom/client";
import { Cells } from "../cell.ts";
import { ROOM } from "../model/state.ts";
import { newOffer, type Offer } from "../model/transfer.ts";
import type { Session } from "./session.ts";

/** Files that may be read at once. */
const maxReaders = 64;

interface Own {
  readonly file: File;
  /** Whoever is in this conversation may have it. */
  readonly talk: string;
  readonly life: AbortController;
}

/** The files this page offers: sent to whoever asks for one and may have it, for as long as the page is there. */
export class Offers {
  /** By the line's id. */
  readonly cells: Cells<Offer> = new Cells<Offer>(newOffer);
  readonly #files = new Map<string, Own>();
  readonly #nameOf: (id: string) => string;
  #readers = 0;

  constructor(nameOf: (id: string) => string) {
    this.#nameOf = nameOf;
  }

  add(id: string, talk: string, file: File): void {
    this.#files.set(id, { file, talk, life: new AbortController() });
  }

  /** The file itself, to show it here. */
  fileOf(id: string): File | undefined {
    return this.#files.get(id)?.file;
  }

  /** Offers a file no longer: those who read it are told. */
  withdraw(id: string): void {
    const cell = this.cells.at(id);
    cell.set({ ...cell.value, isWithdrawn: true });
    this.#files.get(id)?.life.abort();
    this.#files.delete(id);
  }

  attach = ({ client, room, signal }: Session): void => {
    client.onStream(
      CHAT.file,
      (stream, { from }) => {
        const request = parseFileRequest(stream.metadata);
        const own = request && this.#files.get(request.id);
        if (request === undefined || own === undefined) throw new PeerloomError("NO_FILE", "this file is not offered any more");
        if (own.talk === ROOM ? !room.members.has(from) : own.talk !== from)
          throw new PeerloomError("FORBIDDEN", "this file is for others");
        if (this.#readers >= maxReaders) throw new PeerloomError("LIMIT", "too many read files at the moment");
        this.#readers += 1;
        return this.#send(stream, own, request.id, request.offset).finally(() => (this.#readers -= 1));
      },
      { signal },
    );
    signal.addEventListener("abort", () => {
      for (const id of this.#files.keys()) this.withdraw(id);
      this.cells.clear();
    });
  };

  async #send(stream: PeerStream, { file, life }: Own, id: string, offset: number): Promise<void> {
    const reader = file.slice(offset).stream().getReader();
    const writer = stream.writable.getWriter();
    const stop = (): void => stream.destroy(new PeerloomError("NO_FILE", "this file is not offered any more"));
    life.signal.addEventListener("abort", stop);
    let done = offset;
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        await writer.write(part.value);
        done += part.value.byteLength;
        this.#tell(id, stream.peer, Math.min(done, file.size - 1));
      }
      await writer.close();
      this.#tell(id, stream.peer, file.size);
    } catch {
      // The reader paused, or is gone: it will ask again for what it does not have.
    } finally {
      life.signal.removeEventListener("abort", stop);
      await reader.cancel().catch(() => {});
    }
  }

  #tell(id: string, to: string, done: number): void {
    const cell = this.cells.at(id);
    cell.set({ ...cell.value, readers: new Map(cell.value.readers).set(to, { name: this.#nameOf(to), done }) });
  }
}
