import type { Group, GroupOptions } from "../group-options.ts";

const names = ["bulk-64KiB", "slow-reader-memory", "request-during-bulk-p99"] as const;

/** A group of figures that are measured together. */
export type StreamFigureName = (typeof names)[number];
export type StreamOptions = GroupOptions<StreamFigureName>;

export const streams: Group<StreamFigureName> = {
  bench: "streams",
  two: "sender and receiver in processes of their own",
  names,
  prefix: /^streams\./,
};
