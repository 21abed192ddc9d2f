/**
 * A node of a cluster in a process of its own, to be killed. Options come as JSON in argv[2]; says `{ port }` when it listens and has its place.
 * Answers `status` and `drain`, which come as messages, with one message each.
 */
import { redisCluster } from "@peerloom/cluster-redis";
import { createRelay } from "@peerloom/server";

export interface ClusterNodeOptions {
  readonly redisUrl: string;
  readonly leaseMs: number;
  readonly sessionTimeoutMs: number;
  readonly drainMs: number;
}

const { redisUrl, leaseMs, sessionTimeoutMs, drainMs } = JSON.parse(process.argv[2] ?? "{}") as ClusterNodeOptions;
const relay = createRelay({
  port: 0,
  secret: "a secret that all nodes share",
  cluster: redisCluster(redisUrl, { leaseMs }),
  sessionTimeoutMs,
  signaling: true,
  warn: () => {},
});
relay.on("error", ({ error }) => console.error(String(error)));
relay.provide("node", { pid: () => process.pid });
const up = new Promise((resolve) => relay.once("cluster", resolve));
const { port } = await relay.listen();
await up;
process.on("message", (message) => void answer(message));
process.send?.({ port });

async function answer(message: unknown): Promise<void> {
  if (message === "status") process.send?.({ ...relay.stats(), cluster: relay.cluster });
  if (message === "drain") process.send?.(await relay.drain({ windowMs: drainMs, deadlineMs: drainMs }));
}
