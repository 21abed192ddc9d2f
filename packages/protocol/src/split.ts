import { KIND, type EncodedFrame } from "./frame.ts";
import { WIRE } from "./limits.ts";
import { cutText } from "./text.ts";

/** Bytes the frame puts into its packet; a text counts its UTF-16 units, which is exact for ASCII. */
export function frameBytes(frame: EncodedFrame): number {
  return frame.text.length + binaryBytes(frame);
}

/**
 * Does the frame go into a packet as it is? A UTF-16 unit takes up to three bytes: whatever passes is at most 192 KiB on the wire,
 * below every relay's limit.
 */
export function fitsPacket(frame: EncodedFrame): boolean {
  const bytes = binaryBytes(frame);
  const isSmall = frame.text.length * 3 + bytes <= WIRE.packetBytes * 3 && bytes <= WIRE.packetBytes;
  return isSmall && frame.parts.length <= WIRE.maxAttachments;
}

function binaryBytes({ parts }: EncodedFrame): number {
  if (parts.length === 0) return 0;
  return parts.reduce((sum, part) => sum + part.length, 0);
}

/** The frame itself when it fits into one packet, else the parts it travels in; `stream` is the stream it belongs to, if any. */
export function splitFrame(frame: EncodedFrame, stream: number = 0): readonly EncodedFrame[] {
  if (fitsPacket(frame)) return [frame];
  const lane = stream === 0 ? [] : [stream];
  const texts = cutText(frame.text, WIRE.packetBytes).map((text) => ({ text: JSON.stringify([KIND.textPart, text, ...lane]), parts: [] }));
  const binaries = frame.parts.flatMap(cutBinary).map((part) => ({ text: JSON.stringify([KIND.binaryPart, ...lane]), parts: [part] }));
  const whole = JSON.stringify([KIND.whole, frame.parts.map((part) => part.length), ...lane]);
  return [...texts, ...binaries, { text: whole, parts: [] }];
}

function cutBinary(part: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < part.length; from += WIRE.packetBytes) pieces.push(part.subarray(from, from + WIRE.packetBytes));
  return pieces;
}
