import type { DataChannel } from "node-datachannel";
import type { ChannelEvents, ChannelSettings, EngineChannel } from "../shape/engine.ts";
import { exactBuffer } from "./exact-buffer.ts";

/** libdatachannel's channel. It drops what it holds when it is closed, which is why ours closes it with nothing left to send. */
export function nativeChannel(channel: DataChannel, given: ChannelSettings | undefined, events: ChannelEvents): EngineChannel {
  const settings: ChannelSettings = given ?? {
    label: channel.getLabel(),
    protocol: channel.getProtocol(),
    // It does not say what the remote asked for.
    ordered: true,
    maxPacketLifeTime: null,
    maxRetransmits: null,
    negotiated: false,
    id: null,
  };
  let isOver = false;
  let received = 0;
  // Its events have no order among them: messages may still come after the end, which waits until none came for a turn.
  const end = (before = -1): void => {
    if (isOver) return;
    if (before !== received) return void setImmediate(end, received);
    isOver = true;
    events.closed();
  };
  channel.onOpen(() => events.opened());
  channel.onClosed(() => end());
  channel.onError((message) => events.failed(message));
  channel.onBufferedAmountLow(() => events.low());
  channel.onMessage((data) => {
    received++;
    events.received(typeof data === "string" ? data : exactBuffer(data));
  });
  if (given === undefined && channel.isOpen()) setImmediate(() => events.opened());
  return {
    settings,
    id() {
      const id = isOver ? -1 : channel.getId();
      return id >= 0 && id < 65_535 ? id : settings.id;
    },
    bufferedAmount: () => (isOver ? 0 : channel.bufferedAmount()),
    setLowThreshold: (bytes) => channel.setBufferedAmountLowThreshold(bytes),
    send(data) {
      if (typeof data === "string") channel.sendMessage(data);
      else channel.sendMessageBinary(data);
    },
    close: () => channel.close(),
  };
}
