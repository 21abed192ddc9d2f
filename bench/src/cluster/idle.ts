import { setTimeout as delay } from "node:timers/promises";
import type { Figure } from "../figure.ts";
import type { Log } from "../log.ts";
import { rotated } from "../measured.ts";
import { median } from "../median.ts";
import type { Child } from "../processes/child.ts";
import type { Children } from "../processes/children.ts";
import { contestantNames, startLab } from "./lab.ts";
import type { NodeName } from "./node.ts";
import type { ClusterOptions } from "./options.ts";

const clientsPerNode = 1000;
const warmUpClients = 50;
/** This is bytes, not time. */
const maxRounds = 3;
const deadlineMs = 120_000;
const figures = [
  { name: "memory-idle-client-1-node", nodes: 1 },
  { name: "memory-idle-client", nodes: 2 },
  { name: "memory-idle-client-4-nodes", nodes: 4 },
] as const;

/** Bytes that each idle client of a node costs it, when all other nodes have as many: what a node knows of the others' clients counts too. */
export async function measureIdleClients(options: ClusterOptions, children: Children, { progress, note }: Log): Promise<Figure[]> {
  const measured: Figure[] = [];
  for (const { name, nodes } of figures) {
    if (!options.only.has(name)) continue;
    const samples: Record<NodeName, number[]> = { ours: [], hand: [] };
    const rounds = Math.min(options.rounds, maxRounds);
    for (let round = 0; round < rounds; round++) {
      for (const one of rotated(contestantNames, round)) {
        progress(`cluster.${name} of ${one}, round ${round + 1} of ${rounds}`);
        samples[one].push(await weigh(one, nodes, options, children));
      }
    }
    for (const one of contestantNames) note(`cluster.${name} ${one}`, samples[one]);
    measured.push({ name: `cluster.${name}`, ours: median(samples.ours), baseline: median(samples.hand), unit: "B" });
  }
  return measured;
}

async function weigh(name: NodeName, nodes: number, options: ClusterOptions, children: Children): Promise<number> {
  const count = options.isQuick ? 10 : clientsPerNode;
  const settle = (): Promise<void> => delay(options.isQuick ? 10 : 500);
  await using lab = await startLab(name, nodes, options, children, true);
  const memory = async (): Promise<number> => Number(await lab.nodes[0]?.call("memory", null, deadlineMs));
  const connect = async (prefix: string, each: number): Promise<Child[]> => {
    const programs = lab.urls.map((url, index) => children.start("idle", [name, url, `${prefix}${index}-`]));
    for (const program of programs) {
      await program.ready;
      await program.call("connect", each, deadlineMs);
    }
    return programs;
  };
  // What is loaded, compiled and allocated on first use belongs to the baseline.
  await children.end(...(await connect("warm", options.isQuick ? 1 : warmUpClients)));
  await settle();
  const none = await memory();
  const programs = await connect("idle", count);
  await settle();
  const bytes = ((await memory()) - none) / count;
  for (const program of programs) {
    const connected = Number(await program.call("connected", null, deadlineMs));
    if (connected !== count) throw new Error(`${name}: ${count} idle clients connected to a node, ${connected} stayed`);
  }
  await children.end(...programs);
  return bytes;
}
