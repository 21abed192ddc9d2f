import type { Child } from "../processes/child.ts";
import type { Children } from "../processes/children.ts";
import type { NodeName } from "./node.ts";
import type { ClusterOptions } from "./options.ts";
import { startRedis, type Redis } from "./redis.ts";

/** The nodes of one contestant, joined by a Redis of their own. */
export interface Lab extends AsyncDisposable {
  readonly name: NodeName;
  readonly nodes: readonly Child[];
  /** Where clients connect to each node. */
  readonly urls: readonly string[];
}

export const contestantNames: readonly NodeName[] = ["ours", "hand"];

export async function startLab(
  name: NodeName,
  count: number,
  { profileDir }: ClusterOptions,
  children: Children,
  hasGc = false,
): Promise<Lab> {
  const redis: Redis = await startRedis();
  const nodes: Child[] = [];
  const urls: string[] = [];
  try {
    for (let index = 0; index < count; index++) {
      const node = children.start("node", [name, redis.url, String(index)], { profileDir, hasGc });
      nodes.push(node);
      urls.push(String(await node.ready));
    }
  } catch (thrown) {
    await redis[Symbol.asyncDispose]();
    throw thrown;
  }
  return {
    name,
    nodes,
    urls,
    [Symbol.asyncDispose]: async () => {
      await children.end(...nodes);
      await redis[Symbol.asyncDispose]();
    },
  };
}
