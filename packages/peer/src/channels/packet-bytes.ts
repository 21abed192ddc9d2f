import type { DataChannelMarks } from "./data-channel.ts";

/** At most half of what the data channel may buffer: while one goes out, the next is there. */
export function packetBytesOf({ highWaterBytes, maxMessageBytes }: DataChannelMarks, most: number): number {
  return Math.max(MIN_PACKET_BYTES, Math.min(most, maxMessageBytes, Math.floor(highWaterBytes / 2)));
}

/** A greeting, an error's message and their frames fit it. */
const MIN_PACKET_BYTES = 8_192;
