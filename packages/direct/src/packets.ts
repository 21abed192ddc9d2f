import type { Packet } from "@peerloom/core";
import { WIRE } from "@peerloom/protocol";

/** Bytes of a packet at most, both ways: the largest that a relay lets pass, and its texts' encoding. */
const MAX_PACKET_BYTES = 1_048_576;

const MORE = 1;
const LAST = 0;
const encoder = new TextEncoder();

/**
 * What a packet is on a data channel: a short text is a text message. Anything else is a head (how many attachments, the text's length,
 * theirs), the text in UTF-8 and the attachments, cut into pieces of at most `pieceBytes` whose first byte says whether more follow.
 */
export function toPieces({ text, attachments }: Packet, pieceBytes: number): (string | Uint8Array<ArrayBuffer>)[] {
  if (attachments.length === 0 && text.length * 3 <= pieceBytes) return [text];
  const encoded = encoder.encode(text);
  const head = new DataView(new ArrayBuffer(5 + 4 * attachments.length));
  head.setUint8(0, attachments.length);
  head.setUint32(1, encoded.length);
  for (const [index, { length }] of attachments.entries()) head.setUint32(5 + 4 * index, length);
  return cut([new Uint8Array(head.buffer), encoded, ...attachments], pieceBytes);
}

function cut(parts: readonly Uint8Array[], pieceBytes: number): Uint8Array<ArrayBuffer>[] {
  let left = parts.reduce((sum, { length }) => sum + length, 0);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let piece = new Uint8Array(0);
  let at = 0;
  for (const part of parts) {
    for (let from = 0; from < part.length;) {
      if (at === piece.length) {
        piece = new Uint8Array(Math.min(left + 1, pieceBytes));
        pieces.push(piece);
        piece[0] = left + 1 > pieceBytes ? MORE : LAST;
        at = 1;
      }
      const share = Math.min(part.length - from, piece.length - at);
      piece.set(part.subarray(from, from + share), at);
      at += share;
      from += share;
      left -= share;
    }
  }
  return pieces;
}

/** Puts pieces together again; holds 1 MiB at most. */
export class PacketAssembly {
  readonly #decoder = new TextDecoder();
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  /** Bytes that wait for their rest. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The packet that this piece completes, `more` while it goes on, `bad` when it is none. */
  add(piece: string | Uint8Array): Packet | "more" | "bad" {
    if (typeof piece === "string") return this.#bytes === 0 ? { text: piece, attachments: [] } : this.#forget();
    this.#bytes += piece.length;
    if (piece.length < 2 || this.#bytes > MAX_PACKET_BYTES || (piece[0] !== MORE && piece[0] !== LAST)) return this.#forget();
    this.#pieces.push(piece.subarray(1));
    if (piece[0] === MORE) return "more";
    const whole = join(this.#pieces);
    this.#forget();
    return this.#read(whole);
  }

  #read(bytes: Uint8Array): Packet | "bad" {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const count = bytes[0] ?? 0;
    let at = 5 + 4 * count;
    if (count > WIRE.maxAttachments || bytes.length < at) return "bad";
    const take = (length: number): Uint8Array => bytes.subarray(at, (at += length));
    const text = take(view.getUint32(1));
    const attachments = Array.from({ length: count }, (_, index) => take(view.getUint32(5 + 4 * index)));
    return at === bytes.length ? { text: this.#decoder.decode(text), attachments } : "bad";
  }

  #forget(): "bad" {
    this.#pieces = [];
    this.#bytes = 0;
    return "bad";
  }
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces;
  if (first !== undefined && pieces.length === 1) return first;
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
