import type { DataChannelMarks } from "./data-channel.ts";

/** As much as fits when the data channel asks for more. */
export function packetBytesOf({ highWaterBytes, lowWaterBytes, maxMessageBytes }: DataChannelMarks, most: number): number {
  return Math.max(MIN_PACKET_BYTES, Math.min(most, maxMessageBytes, highWaterBytes - lowWaterBytes));
}

/** A greeting, an error's message and their frames fit it. */
const MIN_PACKET_BYTES = 8_192;
