import type { DataChannelMarks } from "./data-channel.ts";

/** A quarter of what the data channel may buffer, so that it is never empty and never over. */
export function packetBytesOf({ highWaterBytes, maxMessageBytes }: DataChannelMarks, most: number): number {
  return Math.max(MIN_PACKET_BYTES, Math.min(most, maxMessageBytes, Math.floor(highWaterBytes / 4)));
}

/** A greeting, an error's message and their frames fit it. */
const MIN_PACKET_BYTES = 8_192;
