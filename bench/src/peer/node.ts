import type { RtcBackend } from "@peerloom/core";
import { nodeDatachannelRtc } from "@peerloom/rtc-node/node-datachannel";
import { weriftRtc } from "@peerloom/rtc-node/werift";
import { memoryDriver, MemoryHub } from "@peerloom/signaling/memory";
import type { Connect } from "./contestants/line.ts";
import { oursConnect } from "./contestants/ours.ts";
import { rawConnect } from "./contestants/raw.ts";
import type { Lab, RemoteSide } from "./lab.ts";
import { Side } from "./side.ts";

const KIB = 1024;

/** The watermarks that the raw channel is tried with. */
const marks = { werift: [8, 32, 64, 128], native: [256, 1024, 4096] } as const;

export type NodePlatform = keyof typeof marks;

/** The names of the raw channel's variants. */
export function rawNames(platform: NodePlatform): string[] {
  return marks[platform].map((kib) => `raw-${kib}KiB`);
}

/** Both sides in this process. */
export async function nodeLab(platform: NodePlatform): Promise<Lab> {
  const rtc: RtcBackend = platform === "werift" ? weriftRtc() : nodeDatachannelRtc();
  const hub = new MemoryHub();
  const side = (): RemoteSide => {
    const driver = memoryDriver(hub);
    const raw = marks[platform].map((kib): [string, Connect] => [
      `raw-${kib}KiB`,
      rawConnect(driver, rtc.RTCPeerConnection, { highBytes: kib * KIB, lowBytes: (kib * KIB) / 2 }),
    ]);
    const own = new Side({ ours: oursConnect(driver, rtc), ...Object.fromEntries(raw) });
    return {
      open: (...given) => own.open(...given),
      exercise: (...given) => own.exercise(...given),
      leave: (room) => own.close(room),
      end: async () => {},
    };
  };
  return { a: side(), b: side(), fresh: async () => ({ a: side(), b: side() }), close: async () => {} };
}
