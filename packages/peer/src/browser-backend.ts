import type { RtcBackend } from "@peerloom/core";

/** The platform's own WebRTC; undefined where it has none. */
export function browserBackend(): RtcBackend | undefined {
  const Connection = globalThis.RTCPeerConnection as typeof RTCPeerConnection | undefined;
  if (Connection === undefined) return undefined;
  return {
    name: "browser",
    RTCPeerConnection: Connection,
    channel: { highWaterBytes: 1_048_576, lowWaterBytes: 262_144, maxMessageBytes: 262_144 },
  };
}
