/** A node of a cluster, in a process of its own. */
interface BenchNode {
  readonly url: string;
  /** Messages that have come from other nodes, by whatever way. */
  heard(): number;
}

/** Starts a node and resolves when it knows of so many others. */
export type StartNode = (redisUrl: string) => Promise<BenchNode>;

export type NodeName = "ours" | "hand";

/** Loaded on demand, so that each process holds the code of one contestant only. */
export const nodes: Readonly<Record<NodeName, () => Promise<{ readonly start: StartNode }>>> = {
  ours: () => import("./ours-node.ts"),
  hand: () => import("./hand-node.ts"),
};
