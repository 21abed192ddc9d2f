import { WIRE } from "@peerloom/protocol";

/** Bytes in pieces that fit into a packet each; any other value as it is. */
export function cutBytes(value: unknown): readonly unknown[] {
  if (!(value instanceof Uint8Array) || value.length <= WIRE.packetBytes) return [value];
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < value.length; from += WIRE.packetBytes) pieces.push(value.subarray(from, from + WIRE.packetBytes));
  return pieces;
}
