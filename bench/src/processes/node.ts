import { nodes, type NodeName } from "../cluster/node.ts";
import { answer } from "./answer.ts";
import { memory } from "./memory.ts";

/** `node <contestant> <url of Redis>`: one node of a cluster. */
const [name, redisUrl = ""] = process.argv.slice(2);
const { start } = await nodes[name as NodeName]();
const node = await start(redisUrl);
answer(node.url, { memory, heard: () => node.heard() });
