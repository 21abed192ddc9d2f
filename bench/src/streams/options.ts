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

/**
 * The processes of all contestants have a heap as docs/operating.md recommends it for those who carry streams. With Node's own sizes, V8
 * marks without end or not at all while buffers pass, by chance, and that is what would be measured.
 */
export const heap = ["--max-semi-space-size=1", "--initial-old-space-size=64"] as const;
