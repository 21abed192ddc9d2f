import type { ChannelEvents, ChannelSettings, EngineChannel } from "../shape/engine.ts";
import { exactBuffer } from "./exact-buffer.ts";

export function wrtcChannel(channel: RTCDataChannel, given: ChannelSettings | undefined, events: ChannelEvents): EngineChannel {
  const { label, ordered, maxPacketLifeTime, maxRetransmits, protocol } = channel;
  const settings: ChannelSettings = given ?? { label, ordered, maxPacketLifeTime, maxRetransmits, protocol, negotiated: false, id: null };
  channel.binaryType = "arraybuffer";
  channel.addEventListener("open", () => events.opened());
  channel.addEventListener("close", () => events.closed());
  channel.addEventListener("bufferedamountlow", () => events.low());
  channel.addEventListener("error", (event) => events.failed((event as Partial<RTCErrorEvent>).error?.message ?? "the channel failed"));
  channel.addEventListener("message", ({ data }: MessageEvent<string | ArrayBuffer | Uint8Array>) =>
    events.received(typeof data === "string" ? data : exactBuffer(data)),
  );
  if (channel.readyState === "open") setImmediate(() => events.opened());
  return {
    settings,
    id: () => channel.id,
    bufferedAmount: () => channel.bufferedAmount,
    setLowThreshold: (bytes) => {
      channel.bufferedAmountLowThreshold = bytes;
    },
    send(data) {
      if (typeof data === "string") channel.send(data);
      else channel.send(data as Uint8Array<ArrayBuffer>);
    },
    close: () => channel.close(),
  };
}
