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
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    events.closed();
  };
  channel.onOpen(() => events.opened());
  channel.onClosed(end);
  channel.onError((message) => events.failed(message));
  channel.onBufferedAmountLow(() => events.low());
  channel.onMessage((data) => events.received(typeof data === "string" ? data : exactBuffer(data)));
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
      try {
        if (typeof data === "string") channel.sendMessage(data);
        else channel.sendMessageBinary(data);
      } catch (cause) {
        const message = cause instanceof Error ? cause.message : String(cause);
        throw /exceeds limit/.test(message) ? new TypeError(message) : new DOMException(message, "OperationError");
      }
    },
    close: () => channel.close(),
  };
}
