import type { RtcBackend } from "@peerloom/core";
import { nodeDatachannelRtc } from "@peerloom/rtc-node/node-datachannel";
import { weriftRtc } from "@peerloom/rtc-node/werift";
import type { Driver } from "@peerloom/signaling";
import type { Connect } from "./contestants/line.ts";
import { oursConnect } from "./contestants/ours.ts";
import { rawConnect } from "./contestants/raw.ts";

const KIB = 1024;

/** The watermarks that the raw channel is tried with. */
const marks = { werift: [8, 32, 64, 128], native: [256, 1024, 4096] } as const;

export type NodePlatform = keyof typeof marks;

/** The names of the raw channel's variants. */
export function rawNames(platform: NodePlatform): string[] {
  return marks[platform].map((kib) => `raw-${kib}KiB`);
}

/** Ours and the raw channel over one implementation. */
export function contestantsOf(platform: NodePlatform, driver: Driver): Record<string, Connect> {
  const rtc: RtcBackend = platform === "werift" ? weriftRtc() : nodeDatachannelRtc();
  const raw = marks[platform].map((kib): [string, Connect] => [
    `raw-${kib}KiB`,
    rawConnect(driver, rtc.RTCPeerConnection, { highBytes: kib * KIB, lowBytes: (kib * KIB) / 2 }),
  ]);
  return { ours: oursConnect(driver, rtc), ...Object.fromEntries(raw) };
}
