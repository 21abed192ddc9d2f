import type { ChannelSettings, EngineMedia } from "../shape/engine.ts";

/** W3C's `RTCDataChannelInit` of these settings, without what is not set. */
export function channelInit(settings: ChannelSettings): RTCDataChannelInit {
  const { ordered, maxPacketLifeTime, maxRetransmits, protocol, negotiated, id } = settings;
  return {
    ordered,
    protocol,
    negotiated,
    ...(id === null ? {} : { id }),
    ...(maxPacketLifeTime === null ? {} : { maxPacketLifeTime }),
    ...(maxRetransmits === null ? {} : { maxRetransmits }),
  };
}

/** W3C's methods for media, whatever tracks the implementation has. */
interface MediaConnection {
  addTrack(track: never, ...streams: never[]): object;
  removeTrack(sender: never): unknown;
  addTransceiver(trackOrKind: never, init?: never): object;
  getSenders(): readonly object[];
  getReceivers(): readonly object[];
  getTransceivers(): readonly object[];
}

/** The media of an implementation that has W3C's methods for it. */
export function mediaOf(pc: MediaConnection): EngineMedia {
  return {
    addTrack: (track, streams) => pc.addTrack(track as never, ...(streams as never[])),
    removeTrack: (sender) => pc.removeTrack(sender as never),
    addTransceiver: (trackOrKind, init) => pc.addTransceiver(trackOrKind as never, init as never),
    senders: () => pc.getSenders(),
    receivers: () => pc.getReceivers(),
    transceivers: () => pc.getTransceivers(),
  };
}
