import { redisCluster } from "@peerloom/cluster-redis";
import { createRelay } from "@peerloom/server";
import type { StartNode } from "./node.ts";

/** As `contestants/ours-relay.ts`: all checks on, the rates raised. */
export const start: StartNode = async (redisUrl) => {
  const relay = createRelay({
    port: 0,
    secret: "the secret of the bench's nodes",
    cluster: redisCluster(redisUrl),
    limits: { packetsPerSecond: 1e6, bytesPerSecond: 1e10, fanoutBytesPerSecond: 1e12 },
  });
  const up = new Promise((resolve) => relay.once("cluster", resolve));
  const { url } = await relay.listen();
  await up;
  return { url, heard: () => relay.cluster?.received ?? 0 };
};
