import { redisCluster } from "@peerloom/cluster-redis";
import { socketIoDriver } from "@peerloom/driver-socketio";
import { createRelay, type RelayServer } from "@peerloom/server";
import type { Driver } from "@peerloom/signaling";
import { driverSuite } from "@peerloom/signaling/testing";
import { io, type Socket } from "socket.io-client";
import { test } from "vitest";
import { clusterState } from "../../support/cluster.ts";
import { freePort } from "../../support/process.ts";
import { startRedisServer, type RedisServer } from "../../support/redis-server.ts";

/** Two relays joined by Redis; each driver is a client of the next one. */
class World {
  readonly redis: RedisServer;
  readonly #ports: readonly number[];
  #relays: readonly RelayServer[] = [];
  readonly #sockets: Socket[] = [];

  private constructor(redis: RedisServer, ports: readonly number[]) {
    this.redis = redis;
    this.#ports = ports;
  }

  static async open(): Promise<World> {
    const world = new World(await startRedisServer(), [await freePort(), await freePort()]);
    await world.start();
    return world;
  }

  async start(): Promise<void> {
    this.#relays = this.#ports.map((port) =>
      createRelay({
        port,
        secret: "a secret that all nodes share",
        cluster: redisCluster(this.redis.url),
        signaling: { messageBytes: 256 * 1024 },
        warn: () => {},
      }),
    );
    for (const relay of this.#relays) {
      await relay.listen();
      await clusterState(relay, "up");
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#relays.map((relay) => relay.close()));
  }

  create(): Driver {
    const port = this.#ports[this.#sockets.length % this.#ports.length];
    const socket = io(`http://127.0.0.1:${port}/peerloom`, {
      forceNew: true,
      transports: ["websocket"],
      reconnectionDelay: 20,
      reconnectionDelayMax: 50,
    });
    this.#sockets.push(socket);
    return socketIoDriver({ socket });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.disconnect();
    await this.stop();
    await this.redis[Symbol.asyncDispose]();
  }
}

driverSuite({
  name: "socket.io to two relays of a cluster",
  test,
  open: () => World.open(),
  cut: (world) => world.stop(),
  restore: (world) => world.start(),
});
