import type { RtcBackend } from "@peerloom/core";
import { WrtcEngine } from "./backends/wrtc.ts";
import { Connection } from "./shape/connection.ts";

class WrtcPeerConnection extends Connection {
  constructor(configuration?: RTCConfiguration) {
    super((own, events) => new WrtcEngine(own, events), configuration);
  }
}

/** Google's libwebrtc, when the package `@roamhq/wrtc` is installed: the browser's own code, with media. */
export function wrtcRtc(): RtcBackend {
  return {
    name: "wrtc",
    RTCPeerConnection: WrtcPeerConnection as unknown as RtcBackend["RTCPeerConnection"],
    channel: { highWaterBytes: 1024 * 1024, lowWaterBytes: 256 * 1024, maxMessageBytes: 256 * 1024 },
  };
}
