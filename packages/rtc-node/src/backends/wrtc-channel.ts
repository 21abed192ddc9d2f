import type { ChannelEvents, ChannelSettings, EngineChannel } from "../shape/engine.ts";
import { exactBuffer } from "./exact-buffer.ts";

const pollMs = 4;

export function wrtcChannel(channel: RTCDataChannel, given: ChannelSettings | undefined, events: ChannelEvents): EngineChannel {
  const { label, ordered, maxPacketLifeTime, maxRetransmits, protocol } = channel;
  const settings: ChannelSettings = given ?? { label, ordered, maxPacketLifeTime, maxRetransmits, protocol, negotiated: false, id: null };
  // Its own event is missed when something is sent just then, and then never comes: so we look as well.
  let threshold = 0;
  let timer: NodeJS.Timeout | undefined;
  const isAbove = (): boolean => channel.readyState === "open" && channel.bufferedAmount > threshold;
  const look = (): void => {
    clearTimeout(timer);
    timer = isAbove() ? setTimeout(look, pollMs) : undefined;
    if (timer === undefined) events.low();
  };
  channel.binaryType = "arraybuffer";
  channel.addEventListener("open", () => events.opened());
  channel.addEventListener("close", () => {
    clearTimeout(timer);
    events.closed();
  });
  channel.addEventListener("bufferedamountlow", () => {
    if (timer !== undefined) look();
  });
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
      threshold = bytes;
      channel.bufferedAmountLowThreshold = bytes;
      if (isAbove()) timer ??= setTimeout(look, pollMs);
    },
    send(data) {
      if (typeof data === "string") channel.send(data);
      else channel.send(data as Uint8Array<ArrayBuffer>);
      if (isAbove()) timer ??= setTimeout(look, pollMs);
    },
    close: () => channel.close(),
  };
}
