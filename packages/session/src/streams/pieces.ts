import { WIRE } from "@peerloom/protocol";

/** Bytes in pieces that fit into a packet each; any other value as it is. */
export function* cutValue(value: unknown): Generator<unknown> {
  if (value instanceof Uint8Array && value.length > WIRE.packetBytes) yield* joinBytes([value]);
  else yield value;
}

/** The bytes of some chunks, in as few pieces of about the same size as fit into a packet each. Of no bytes there is no piece. */
export function* joinBytes(chunks: readonly Uint8Array[]): Generator<Uint8Array> {
  const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const pieceBytes = Math.ceil(total / Math.ceil(total / WIRE.packetBytes));
  let piece: Uint8Array | undefined;
  let filled = 0;
  for (const chunk of chunks) {
    for (let from = 0; from < chunk.length;) {
      const size = Math.min(pieceBytes - filled, chunk.length - from);
      const part = chunk.subarray(from, from + size);
      from += size;
      if (size === pieceBytes) {
        yield part;
        continue;
      }
      piece ??= new Uint8Array(Math.min(pieceBytes, total));
      piece.set(part, filled);
      filled += size;
      if (filled < pieceBytes) continue;
      yield piece;
      piece = undefined;
      filled = 0;
    }
  }
  if (piece !== undefined) yield piece.subarray(0, filled);
}
