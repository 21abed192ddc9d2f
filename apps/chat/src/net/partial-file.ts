/** Bytes gathered before they become a part of their own, which the browser may put on its disk. */
const partBytes = 4 * 1024 * 1024;

/** A file as far as it has come. */
export class PartialFile {
  readonly #parts: Blob[] = [];
  #pieces: Uint8Array<ArrayBuffer>[] = [];
  #pieceBytes = 0;
  #done = 0;

  /** Bytes that have come. */
  get done(): number {
    return this.#done;
  }

  add(bytes: Uint8Array): void {
    this.#pieces.push(bytes as Uint8Array<ArrayBuffer>);
    this.#pieceBytes += bytes.byteLength;
    this.#done += bytes.byteLength;
    if (this.#pieceBytes >= partBytes) this.#gather();
  }

  toBlob(type: string): Blob {
    this.#gather();
    return new Blob(this.#parts, { type });
  }

  #gather(): void {
    this.#parts.push(new Blob(this.#pieces));
    this.#pieces = [];
    this.#pieceBytes = 0;
  }
}
