import type { Group, Options } from "../options.ts";

const names = [
  "unicast",
  "unicast-1-node",
  "unicast-4-nodes",
  "unicast-bulk-64KiB",
  "unicast-rtt-50B",
  "room",
  "room-4-nodes",
  "uninvolved-node-packets",
  "memory-idle-client",
  "memory-idle-client-1-node",
  "memory-idle-client-4-nodes",
] as const;

export type ClusterFigure = (typeof names)[number];
export type ClusterOptions = Options<ClusterFigure>;

export const cluster: Group<ClusterFigure> = {
  bench: "cluster",
  names,
  prefix: /^cluster\./,
};
