import type { Cluster } from "../cluster/cluster.ts";
import { loadPackage } from "./load-package.ts";
import type { Told } from "./read-options.ts";
import { UsageError } from "./usage-error.ts";

const packageName = "@peerloom/cluster-redis";

/**
 * Joins the relay to others by Redis: undefined when it is to be alone. The package stands on a higher floor than this one, so it is loaded by its name.
 *
 * @throws UsageError when it is not installed, or is not the one that is meant.
 */
export async function loadCluster({ options, sources }: Pick<Told, "options" | "sources">): Promise<Cluster | undefined> {
  const { redis, redisPrefix: prefix, redisLeaseMs: leaseMs } = options;
  if (redis === undefined) return undefined;
  const source = sources.redis ?? "--redis";
  const { redisCluster } = await loadPackage(packageName, source);
  if (typeof redisCluster !== "function") throw new UsageError(`${source}: this version of ${packageName} is not known`);
  try {
    return (redisCluster as (url: string, options: object) => Cluster)(redis, { prefix, leaseMs });
  } catch (thrown) {
    throw new UsageError(`${source}: ${(thrown as Error).message}`, { cause: thrown });
  }
}
