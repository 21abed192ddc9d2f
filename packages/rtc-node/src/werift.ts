import type { RtcBackend } from "@peerloom/core";
import { MAX_MESSAGE_BYTES, WeriftEngine } from "./backends/werift.ts";
import type { WeriftOptions } from "./backends/werift.ts";
import { Connection } from "./shape/connection.ts";

export type { WeriftOptions } from "./backends/werift.ts";

/** werift: WebRTC in TypeScript, so it runs wherever Node does. Slower than a native one; carries media as RTP. */
export function weriftRtc(options: WeriftOptions = {}): RtcBackend {
  class WeriftPeerConnection extends Connection {
    constructor(configuration?: RTCConfiguration) {
      super((own, events) => new WeriftEngine(own, events, options), configuration);
    }
  }
  return {
    name: "werift",
    RTCPeerConnection: WeriftPeerConnection as unknown as RtcBackend["RTCPeerConnection"],
    channel: { highWaterBytes: 84 * 1024, lowWaterBytes: 16 * 1024, maxMessageBytes: MAX_MESSAGE_BYTES },
  };
}
