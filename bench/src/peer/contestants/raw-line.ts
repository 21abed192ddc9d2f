import type { Line } from "./line.ts";

/** What a data channel is given to buffer. */
export interface Marks {
  readonly highBytes: number;
  readonly lowBytes: number;
}

/** The data channel itself, with back-pressure as one writes it by hand. */
export function rawLine(channel: RTCDataChannel, { highBytes, lowBytes }: Marks): Line {
  channel.binaryType = "arraybuffer";
  channel.bufferedAmountLowThreshold = lowBytes;
  const line: Line = {
    onMessage: () => {},
    post(data) {
      channel.send(data as string);
      if (channel.bufferedAmount < highBytes) return undefined;
      return new Promise((resolve) => channel.addEventListener("bufferedamountlow", () => resolve(), { once: true }));
    },
  };
  channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    line.onMessage(data instanceof ArrayBuffer ? new Uint8Array(data) : (data as string));
  });
  return line;
}
