import { parseFrame, parseJson, type Frame, type PartFrame } from "@peerloom/protocol";

/** Any frame but a part of one. */
export type WholeFrame = Exclude<Frame, PartFrame>;

/** What keeping a part costs beside its content. */
const PART_OVERHEAD_BYTES = 256;

interface Pieces {
  readonly texts: string[];
  readonly binaries: Uint8Array[];
  bytes: number;
}

/** Puts long messages together again from the parts they travelled in, one for each stream at a time. Holds at most `maxBytes`. */
export class Assembler {
  readonly #maxBytes: number;
  readonly #byStream = new Map<number, Pieces>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** What the parts that wait for their end cost. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes a part. Returns false when all parts together grow beyond `maxBytes`. */
  add(stream: number, part: string | Uint8Array): boolean {
    const bytes = part.length + PART_OVERHEAD_BYTES;
    this.#bytes += bytes;
    if (this.#bytes > this.#maxBytes) return false;
    const pieces = this.#byStream.get(stream) ?? { texts: [], binaries: [], bytes: 0 };
    this.#byStream.set(stream, pieces);
    pieces.bytes += bytes;
    if (typeof part === "string") pieces.texts.push(part);
    else pieces.binaries.push(part);
    return true;
  }

  /** The frame whose binaries have these `lengths`; undefined when it is malformed, itself a part, or of another stream. */
  finish(stream: number, lengths: readonly number[]): WholeFrame | undefined {
    const { texts, binaries } = this.#byStream.get(stream) ?? { texts: [], binaries: [] };
    this.drop(stream);
    const cutBinaries = cut(binaries, lengths);
    const frame = cutBinaries && parseFrame(parseJson(texts.join("")), cutBinaries);
    if (frame === undefined || isPart(frame)) return undefined;
    const isRightLane = stream === 0 ? frame.type !== "data" : frame.type === "data" && frame.stream === stream;
    return isRightLane ? frame : undefined;
  }

  /** Forgets the parts of a stream. */
  drop(stream: number): void {
    this.#bytes -= this.#byStream.get(stream)?.bytes ?? 0;
    this.#byStream.delete(stream);
  }

  clear(): void {
    this.#byStream.clear();
    this.#bytes = 0;
  }
}

/** Tells a part from what parts make up. */
export function isPart(frame: Frame): frame is PartFrame {
  return frame.type === "textPart" || frame.type === "binaryPart" || frame.type === "whole";
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
