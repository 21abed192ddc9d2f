import type { Group, Options } from "../options.ts";

const names = ["first-message", "to-direct", "switch-stall", "direct-rtt", "direct-small", "direct-bulk", "e2e-cost"] as const;

/** A group of figures that are measured together. */
export type PathFigureName = (typeof names)[number];
export type PathOptions = Options<PathFigureName>;

export const paths: Group<PathFigureName> = {
  bench: "paths",
  names,
  prefix: /^paths\./,
};
