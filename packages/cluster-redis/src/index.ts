export { redisCluster } from "./redis-cluster.ts";
export type { RedisClusterOptions } from "./options.ts";
