import type { ChannelSettings } from "./engine.ts";

/** Completes W3C's `RTCDataChannelInit`. @throws TypeError when its parts contradict each other */
export function settingsOf(label: string, init: RTCDataChannelInit): ChannelSettings {
  const { ordered = true, maxPacketLifeTime, maxRetransmits, protocol = "", negotiated = false, id } = init;
  if (maxPacketLifeTime !== undefined && maxRetransmits !== undefined) {
    throw new TypeError("a channel has maxPacketLifeTime or maxRetransmits, not both");
  }
  if (negotiated && !(Number.isInteger(id) && Number(id) >= 0 && Number(id) < 65_535)) {
    throw new TypeError(`a negotiated channel has an id from 0 to 65534, not ${id}`);
  }
  return {
    label: String(label),
    ordered,
    maxPacketLifeTime: maxPacketLifeTime ?? null,
    maxRetransmits: maxRetransmits ?? null,
    protocol,
    negotiated,
    id: negotiated ? (id ?? null) : null,
  };
}
