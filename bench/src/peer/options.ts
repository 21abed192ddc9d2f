import type { Group, Options } from "../options.ts";

export const platforms = ["chromium", "werift", "native"] as const;
export type Platform = (typeof platforms)[number];
export const figureNames = ["connect", "rtt", "small", "bulk"] as const;
/** Other libraries, in Chromium only. */
export const rivals = ["peerjs", "simple-peer", "trystero"] as const;

export type PeerFigureName = `${Platform}.${(typeof figureNames)[number]}`;
export type PeerOptions = Options<PeerFigureName, (typeof rivals)[number]>;

export const peer: Group<PeerFigureName, (typeof rivals)[number]> = {
  bench: "peer",
  names: platforms.flatMap((platform) => figureNames.map((figure) => `${platform}.${figure}` as const)),
  prefix: /^peer\./,
  contestants: rivals,
  hasProcesses: false,
};
