import type { Group, GroupOptions } from "../group-options.ts";

const names = ["first-message", "to-direct", "switch-stall", "direct-rtt", "direct-small", "direct-bulk", "e2e-cost"] as const;

/** A group of figures that are measured together. */
export type PathFigureName = (typeof names)[number];
export type PathOptions = GroupOptions<PathFigureName>;

export const paths: Group<PathFigureName> = {
  bench: "paths",
  two: "no effect: pages are processes of their own, and the others share one",
  names,
  prefix: /^paths\./,
};
