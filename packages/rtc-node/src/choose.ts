import { PeerloomError } from "@peerloom/core";
import type { RtcBackend } from "@peerloom/core";
import { weriftRtc } from "./werift.ts";

export type RtcChoice = "node-datachannel" | "werift" | "wrtc";

const native: Record<Exclude<RtcChoice, "werift">, () => Promise<RtcBackend>> = {
  "node-datachannel": async () => (await import("./node-datachannel.ts")).nodeDatachannelRtc(),
  wrtc: async () => (await import("./wrtc.ts")).wrtcRtc(),
};

/**
 * An implementation of WebRTC for Node: `use` names it; without, `node-datachannel` where it is installed, and werift where it is not. With
 * `media: true` it is one that carries cameras and sound, as RTP: werift. `wrtc` has to be named: a hostile remote can end its process.
 *
 * @throws PeerloomError NOT_INSTALLED when the one that `use` names cannot be loaded; `cause` says why
 */
export async function rtc({ use, media = false }: { readonly use?: RtcChoice; readonly media?: boolean } = {}): Promise<RtcBackend> {
  if (use === "werift" || (use === undefined && media)) return weriftRtc();
  if (use !== undefined) {
    if (!Object.hasOwn(native, use)) throw new TypeError(`${use} is not an implementation of WebRTC that is known here`);
    return native[use]().catch((cause: unknown) => {
      throw new PeerloomError("NOT_INSTALLED", `${use} cannot be loaded: is its package installed?`, { cause });
    });
  }
  return native["node-datachannel"]().catch(() => weriftRtc());
}
