import type { RTCDataChannel } from "werift";
import type { ChannelEvents, ChannelSettings, EngineChannel } from "../shape/engine.ts";
import { exactBuffer } from "./exact-buffer.ts";

export function weriftChannel(channel: RTCDataChannel, given: ChannelSettings | undefined, events: ChannelEvents): EngineChannel {
  const settings: ChannelSettings = given ?? {
    label: channel.label,
    ordered: channel.ordered,
    maxPacketLifeTime: channel.maxPacketLifeTime,
    maxRetransmits: channel.maxRetransmits,
    protocol: channel.protocol,
    negotiated: false,
    id: null,
  };
  channel.stateChange.subscribe((state) => {
    if (state === "open") events.opened();
    if (state === "closed") events.closed();
  });
  channel.onMessage.subscribe((data) => events.received(typeof data === "string" ? data : exactBuffer(data)));
  channel.bufferedAmountLow.subscribe(() => events.low());
  // On a connection that is up, a negotiated channel is open before anyone could listen.
  if (channel.readyState === "open") setImmediate(() => events.opened());
  return {
    settings,
    id: () => channel.id ?? settings.id,
    bufferedAmount: () => channel.bufferedAmount,
    setLowThreshold: (bytes) => {
      channel.bufferedAmountLowThreshold = bytes;
    },
    send(data) {
      // It keeps what it is given until it is sent, so it gets a copy.
      channel.send(typeof data === "string" ? data : Buffer.from(data));
    },
    close: () => whenArrived(channel, () => channel.close()),
  };
}

const pollMs = 10;

/** A reset overtakes what is under way, so it waits until all that was sent is acknowledged. */
function whenArrived(channel: RTCDataChannel, then: () => void): void {
  const sctp = channel.sctp.sctp as unknown as { readonly localTsn?: number; readonly lastSackedTsn?: number } | undefined;
  const sent = sctp?.localTsn;
  const look = (): void => {
    const acknowledged = sctp?.lastSackedTsn;
    const isOver = channel.readyState !== "open" || sent === undefined || acknowledged === undefined;
    // Numbers of 32 bits that wrap.
    if (isOver || ((acknowledged - (sent - 1)) | 0) >= 0) then();
    else setTimeout(look, pollMs);
  };
  look();
}
