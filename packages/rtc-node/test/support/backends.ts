import type { RtcBackend } from "@peerloom/core";
import { nodeDatachannelRtc } from "../../src/node-datachannel.ts";
import { weriftRtc } from "../../src/werift.ts";
import { wrtcRtc } from "../../src/wrtc.ts";

export const backends: readonly RtcBackend[] = [weriftRtc(), nodeDatachannelRtc(), wrtcRtc()];
