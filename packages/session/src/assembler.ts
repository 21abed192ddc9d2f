import { parseFrame, parseJson, type Frame } from "@peerloom/protocol";

/** Puts long messages together again from the parts they travelled in. Holds at most `maxBytes`. */
export class Assembler {
  readonly #maxBytes: number;
  #texts: string[] = [];
  #binaries: Uint8Array[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes a part. Returns false when the message grows beyond `maxBytes`. */
  add(part: string | Uint8Array): boolean {
    this.#bytes += part.length;
    if (this.#bytes > this.#maxBytes) return false;
    if (typeof part === "string") this.#texts.push(part);
    else this.#binaries.push(part);
    return true;
  }

  /** The message whose binaries have these `lengths`; undefined when it is malformed, or itself made of parts. */
  finish(lengths: readonly number[]): Frame | undefined {
    const text = this.#texts.join("");
    const binaries = cut(this.#binaries, lengths);
    this.clear();
    const frame = binaries && parseFrame(parseJson(text), binaries);
    return frame === undefined || frame.type === "textPart" || frame.type === "binaryPart" || frame.type === "whole" ? undefined : frame;
  }

  clear(): void {
    this.#texts = [];
    this.#binaries = [];
    this.#bytes = 0;
  }
}

/** Cuts joined pieces by `lengths`; undefined when the lengths do not add up to what is there. */
function cut(pieces: readonly Uint8Array[], lengths: readonly number[]): Uint8Array[] | undefined {
  const total = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (lengths.reduce((sum, length) => sum + length, 0) !== total) return undefined;
  const joined = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  let from = 0;
  return lengths.map((length) => joined.subarray(from, (from += length)));
}
