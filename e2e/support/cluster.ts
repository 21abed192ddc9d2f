import { once } from "node:events";
import { redisCluster } from "@peerloom/cluster-redis";
import { createRelay, type ClusterStatus, type RelayServer, type RelayServerOptions, type RelayStats } from "@peerloom/server";
import type { ClusterNodeOptions } from "../programs/cluster-node.ts";
import { startProgram, type Program } from "./process.ts";

/** A node in a process of its own. */
export interface ClusterNode extends AsyncDisposable {
  readonly port: number;
  readonly program: Program;
  status(): Promise<RelayStats & { readonly cluster: ClusterStatus }>;
  /** Drains it until it is closed. */
  drain(): Promise<unknown>;
}

export async function startClusterNode(options: ClusterNodeOptions): Promise<ClusterNode> {
  const program = await startProgram("cluster-node", [JSON.stringify(options)]);
  const { port } = program.hello as { readonly port: number };
  const ask = async (question: string): Promise<unknown> => {
    const answered = once(program.child, "message");
    program.child.send(question);
    return (await answered)[0];
  };
  return {
    port,
    program,
    status: () => ask("status") as ReturnType<ClusterNode["status"]>,
    drain: () => ask("drain"),
    [Symbol.asyncDispose]: () => program.kill(),
  };
}

/** A node in this process. */
export interface LocalNode extends AsyncDisposable {
  readonly relay: RelayServer;
  readonly url: string;
  /** Errors of the relay, in order; a lost Redis is one. */
  readonly errors: unknown[];
}

export async function startLocalNode(redisUrl: string, options: RelayServerOptions = {}, leaseMs = 20_000): Promise<LocalNode> {
  const cluster = redisCluster(redisUrl, { leaseMs });
  const relay = createRelay({ port: 0, secret: "a secret that all nodes share", cluster, warn: () => {}, ...options });
  const errors: unknown[] = [];
  relay.on("error", ({ error }) => errors.push(error));
  const up = clusterState(relay, "up");
  const { url } = await relay.listen();
  await up;
  return { relay, url, errors, [Symbol.asyncDispose]: () => relay.close() };
}

/** Resolves when the relay's cluster is in this state. */
export function clusterState(relay: RelayServer, state: ClusterStatus["state"]): Promise<void> {
  if (relay.cluster?.state === state) return Promise.resolve();
  return new Promise((resolve) => {
    const off = relay.on("cluster", (status) => {
      if (status.state !== state) return;
      off();
      resolve();
    });
  });
}

/** Resolves when `isTrue`; looked at again and again, since nothing tells. */
export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 20));
}
