import type { RtcBackend } from "@peerloom/core";
import { NativeEngine } from "./backends/node-datachannel.ts";
import { Connection } from "./shape/connection.ts";

class NativePeerConnection extends Connection {
  constructor(configuration?: RTCConfiguration) {
    super((own, events) => new NativeEngine(own, events), configuration);
  }
}

/** libdatachannel, when the package `node-datachannel` is installed: fast data channels, no media, no ICE restart. */
export function nodeDatachannelRtc(): RtcBackend {
  return {
    name: "node-datachannel",
    RTCPeerConnection: NativePeerConnection as unknown as RtcBackend["RTCPeerConnection"],
    channel: { highWaterBytes: 1024 * 1024, lowWaterBytes: 512 * 1024, maxMessageBytes: 256 * 1024 },
  };
}
