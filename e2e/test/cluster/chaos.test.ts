import { setTimeout as pause } from "node:timers/promises";
import { connect, type Client, type Room } from "@peerloom/client";
import { expect, test } from "vitest";
import { startBalancer, type Balancer } from "../../support/balancer.ts";
import { startClusterNode, until, type ClusterNode } from "../../support/cluster.ts";
import { checkComplete, startExchange } from "../../support/exchange.ts";
import { startRedisServer, type RedisServer } from "../../support/redis-server.ts";

const count = 8;
/** How often each thing happens. */
const rounds = Number(process.env["PEERLOOM_CLUSTER_ROUNDS"] ?? 1);

/** Three nodes behind a balancer, and what can happen to them. */
class World {
  readonly redis: RedisServer;
  readonly balancer: Balancer;
  readonly nodes: ClusterNode[];

  private constructor(redis: RedisServer, balancer: Balancer, nodes: ClusterNode[]) {
    this.redis = redis;
    this.balancer = balancer;
    this.nodes = nodes;
  }

  static async open(): Promise<World> {
    const redis = await startRedisServer();
    const nodes = await Promise.all([0, 1, 2].map(() => startNode(redis)));
    const balancer = await startBalancer(
      nodes.map(({ port }) => port),
      true,
    );
    return new World(redis, balancer, nodes);
  }

  /** A node's successor takes its turn before it goes. */
  async replace(index: number, go: (node: ClusterNode) => Promise<unknown>): Promise<void> {
    const node = this.nodes[index] as ClusterNode;
    const next = await startNode(this.redis);
    this.nodes[index] = next;
    this.balancer.add(next.port);
    this.balancer.remove(node.port);
    await go(node);
    await node.program.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map(({ program }) => program.kill()));
    await this.balancer[Symbol.asyncDispose]();
    await this.redis[Symbol.asyncDispose]();
  }
}

function startNode(redis: RedisServer): Promise<ClusterNode> {
  return startClusterNode({ redisUrl: redis.url, leaseMs: 2000, sessionTimeoutMs: 120_000, drainMs: 500 });
}

type Happening = (world: World, index: number) => Promise<unknown>;

const happenings: Record<string, Happening> = {
  "a node drains": (world, index) => world.replace(index, (node) => node.drain()),
  "a node is killed": (world, index) => world.replace(index, (node) => node.program.kill()),
  "a node stands still for longer than its lease": async ({ nodes }, index) => {
    nodes[index]?.program.child.kill("SIGSTOP");
    await pause(3000);
    nodes[index]?.program.child.kill("SIGCONT");
  },
  "Redis is killed and comes back empty": async ({ redis }) => {
    await redis.kill();
    await pause(500);
    await redis.start();
  },
  "Redis stands still for longer than a lease": async ({ redis }) => {
    redis.pause();
    await pause(2500);
    redis.resume();
  },
};

/** All talk in one room: what each has said, and what is wrong with what the others have heard. */
class Talk {
  readonly said: number[] = [];
  readonly problems: string[] = [];
  readonly #heard: Map<string, number>[] = [];
  readonly #rooms: readonly Room[];
  #isOver = false;

  constructor(rooms: readonly Room[]) {
    this.#rooms = rooms;
    for (const [index, room] of rooms.entries()) {
      const heard = new Map<string, number>();
      this.#heard.push(heard);
      this.said.push(0);
      room.on("say", (number: number, { from }: { from: string }) => {
        const expected = heard.get(from) ?? 0;
        if (number !== expected) this.problems.push(`${index} heard ${number} of ${from} instead of ${expected}`);
        heard.set(from, number + 1);
      });
    }
  }

  async run(): Promise<void> {
    while (!this.#isOver) {
      for (const [index, room] of this.#rooms.entries()) {
        const number = this.said[index] ?? 0;
        this.said[index] = number + 1;
        room.emit("say", number);
      }
      await pause(50);
    }
  }

  end(): void {
    this.#isOver = true;
  }

  get isComplete(): boolean {
    return this.#heard.every((heard, index) => this.said.every((number, from) => from === index || heard.get(`client-${from}`) === number));
  }
}

test(
  "whatever happens to nodes and to Redis, one after the other, nothing is lost, doubled or reordered",
  { timeout: 240_000 },
  async () => {
    await using world = await World.open();
    await using clients = new AsyncDisposableStack();
    const made: Client[] = [];
    const options = { requestTimeoutMs: 120_000, reconnectMaxMs: 500, connectTimeoutMs: 60_000 };
    for (let n = 0; n < count; n++) made.push(clients.use(await connect(world.balancer.url, { clientId: `client-${n}`, ...options })));
    const exchanges = [0, 2, 4, 6].map((n) => startExchange(made[n] as Client, made[n + 1] as Client));
    const talk = new Talk(await Promise.all(made.map((client) => client.join("hall"))));
    const talking = talk.run();
    const flow = (): Promise<unknown> => Promise.all(exchanges.map((exchange) => exchange.flowing(50)));
    await flow();

    for (let round = 0; round < rounds; round++) {
      for (const [number, happen] of Object.values(happenings).entries()) {
        await happen(world, (round + number) % world.nodes.length);
        await flow();
      }
    }
    talk.end();
    await talking;
    const results = await Promise.all(exchanges.map((exchange) => exchange.finish({ messages: 1000, requests: 10 })));

    for (const result of results) checkComplete(result);
    await until(() => talk.isComplete);
    expect(talk.problems).toEqual([]);
    const statuses = await Promise.all(world.nodes.map((node) => node.status()));
    expect(statuses.reduce((sum, { clients: { here } }) => sum + here, 0)).toBe(count);
    expect(statuses.map(({ cluster }) => cluster.nodes)).toEqual([3, 3, 3]);
  },
);
