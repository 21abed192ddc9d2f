import type { Group, Options } from "../options.ts";

const names = ["bulk-64KiB", "slow-reader-memory", "request-during-bulk-p99"] as const;
const contestants = ["ours", "hand", "plugin"] as const;

/** A group of figures that are measured together. */
export type StreamFigureName = (typeof names)[number];
export type StreamContestant = (typeof contestants)[number];
export type StreamOptions = Options<StreamFigureName, StreamContestant>;

export const streams: Group<StreamFigureName, StreamContestant> = {
  bench: "streams",
  two: "sender and receiver in processes of their own",
  names,
  prefix: /^streams\./,
  contestants,
};
