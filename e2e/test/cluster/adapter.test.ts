import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect, type Client } from "@peerloom/client";
import { redisCluster } from "@peerloom/cluster-redis";
import { attachRelay, type Relay } from "@peerloom/server";
import { createShardedAdapter } from "@socket.io/redis-adapter";
import { createClient } from "redis";
import { Server } from "socket.io";
import { io, type Socket } from "socket.io-client";
import { expect, test } from "vitest";
import { startRedisServer } from "../../support/redis-server.ts";

interface AttachedNode {
  readonly relay: Relay;
  readonly server: Server;
  readonly url: string;
}

/** A socket.io server with the sharded adapter on all its namespaces, and a relay in one of them. */
async function startNode(stack: AsyncDisposableStack, redisUrl: string): Promise<AttachedNode> {
  const publisher = createClient({ url: redisUrl });
  const subscriber = publisher.duplicate();
  for (const client of [publisher, subscriber]) {
    client.on("error", () => {});
    await client.connect();
    stack.defer(() => client.close());
  }
  const http = createServer();
  const server = new Server(http, { adapter: createShardedAdapter(publisher, subscriber, { subscriptionMode: "dynamic-private" }) });
  const relay = attachRelay(server, { secret: "a secret that all nodes share", cluster: redisCluster(redisUrl), warn: () => {} });
  server.on("connection", (socket) => {
    socket.on("enter", async (room: string, done: () => void) => {
      await socket.join(room);
      done();
    });
    socket.on("shout", (room: string, text: string) => server.to(room).emit("shout", text));
  });
  const up = new Promise((resolve) => relay.once("cluster", resolve));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  await up;
  stack.defer(async () => {
    await relay.close();
    await server.close();
  });
  return { relay, server, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` };
}

test("a server's own namespaces go by socket.io's adapter, and the relay beside them by its cluster: nothing comes twice", async () => {
  await using redis = await startRedisServer();
  await using stack = new AsyncDisposableStack();
  const [one, other] = [await startNode(stack, redis.url), await startNode(stack, redis.url)];
  const client = async (url: string, clientId: string): Promise<Client> => stack.use(await connect(url, { clientId }));
  const [alice, bob, carol] = [await client(one.url, "alice"), await client(other.url, "bob"), await client(one.url, "carol")];
  const sockets: Socket[] = [one, other].map(({ url }) => io(url, { transports: ["websocket"], forceNew: true }));
  stack.defer(() => sockets.forEach((socket) => void socket.disconnect()));
  const heard: string[] = [];
  const rooms = await Promise.all([alice, bob, carol].map((made) => made.join("lobby")));
  for (const [index, room] of rooms.entries()) room.on("say", (text: string) => heard.push(`${index} ${text}`));
  await sockets[1]?.emitWithAck("enter", "lobby");
  const shouted = new Promise<unknown>((resolve) => sockets[1]?.on("shout", resolve));

  for (const text of ["one", "two", "three"]) rooms[0]?.emit("say", text);
  sockets[0]?.emit("shout", "lobby", "hello");

  expect(await shouted).toBe("hello");
  bob.onAny("heard", () => heard.filter((line) => line.startsWith("1")).length);
  await expect.poll(() => heard.length, { timeout: 20_000 }).toBe(6);
  // A request comes after all that was sent before it: what came twice would be there by now.
  await alice
    .remote("carol")
    .emitWithAck("none")
    .catch(() => {});
  expect(heard.toSorted()).toEqual(["1 one", "1 three", "1 two", "2 one", "2 three", "2 two"]);
});
