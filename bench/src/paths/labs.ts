import { join } from "node:path";
import type { RtcBackend } from "@peerloom/core";
import { direct } from "@peerloom/direct";
import { encrypt } from "@peerloom/encryption";
import { nodeDatachannelRtc } from "@peerloom/rtc-node/node-datachannel";
import { weriftRtc } from "@peerloom/rtc-node/werift";
import { memoryDriver, MemoryHub } from "@peerloom/signaling/memory";
import { pageLab } from "../peer/chromium.ts";
import { oursConnect } from "../peer/contestants/ours.ts";
import type { Lab, RemoteSide } from "../peer/lab.ts";
import { Side } from "../peer/side.ts";
import { clientConnect } from "./client-line.ts";

export const platforms = ["native", "werift", "chromium"] as const;
export type Platform = (typeof platforms)[number];

/** Who is measured: a pair over the relay, the same over a direct path, and `@peerloom/peer`'s own channel. */
export const contestants = ["relay", "direct", "peer"] as const;

/** Two sides with a line to each other by each of the contestants. */
export async function pathLab(platform: Platform, url: string): Promise<Lab> {
  if (platform === "chromium") return pageLab(join(import.meta.dirname, "page.ts"), { url });
  const rtc: RtcBackend = platform === "werift" ? weriftRtc() : nodeDatachannelRtc();
  const hub = new MemoryHub();
  const side = (): RemoteSide => {
    const own = new Side({
      relay: clientConnect(url, () => ({}), false),
      direct: clientConnect(url, () => ({ direct: direct({ rtc, policy: "manual" }) }), true),
      peer: oursConnect(memoryDriver(hub), rtc),
      "relay-e2e": clientConnect(url, () => ({ encryption: encrypt() }), false),
      "direct-e2e": clientConnect(url, () => ({ direct: direct({ rtc, policy: "manual" }), encryption: encrypt() }), true),
    });
    return {
      open: (...given) => own.open(...given),
      exercise: (...given) => own.exercise(...given),
      leave: (room) => own.close(room),
      end: async () => {},
    };
  };
  return { a: side(), b: side(), fresh: async () => ({ a: side(), b: side() }), close: async () => {} };
}
