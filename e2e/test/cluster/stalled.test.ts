import { connect } from "@peerloom/client";
import { io, type Socket } from "socket.io-client";
import { expect, test } from "vitest";
import { startClusterNode, until } from "../../support/cluster.ts";
import { startRedisServer } from "../../support/redis-server.ts";

const leaseMs = 2000;

function open(port: number, auth: object): Socket {
  return io(`http://127.0.0.1:${port}/peerloom`, {
    auth: { protocol: 1, clientId: "alice", instance: "instance-alice", ...auth },
    transports: ["websocket"],
    forceNew: true,
    reconnection: false,
  });
}

test("a node that stood still for longer than its lease speaks for nobody when it goes on, and takes its place again", async () => {
  await using redis = await startRedisServer();
  const options = { redisUrl: redis.url, leaseMs, sessionTimeoutMs: 30_000, drainMs: 0 };
  await using stalled = await startClusterNode(options);
  await using other = await startClusterNode(options);
  await using bob = await connect(`http://127.0.0.1:${other.port}`, { clientId: "bob" });
  const packets: unknown[] = [];
  const watcher = open(other.port, { clientId: "watcher", instance: "instance-watcher" });
  watcher.on("p", (from: unknown, text: unknown) => packets.push([from, text]));
  const first = open(stalled.port, {});
  const { resume } = await new Promise<{ resume: string }>((resolve) => first.once("welcome", resolve));
  first.emit("p", "watcher", 1, "before");
  await until(() => packets.length === 1);

  stalled.program.child.kill("SIGSTOP");
  first.emit("p", "watcher", 2, "late");
  const second = open(other.port, { resume });
  await new Promise((resolve) => second.once("welcome", resolve));
  await until(async () => (await other.status()).cluster.nodes === 1);
  const ended = new Promise((resolve) => first.once("disconnect", resolve));
  stalled.program.child.kill("SIGCONT");

  // Its client is told, or finds itself cut off, and what it had said late is believed by nobody.
  await ended;
  await until(async () => (await other.status()).cluster.nodes === 2);
  second.emit("p", "watcher", 3, "after");
  await until(() => packets.some((packet) => String(packet).includes("after")));
  expect(packets).toEqual([
    ["alice", "before"],
    ["alice", "after"],
  ]);
  expect((await stalled.status()).clients).toEqual({ here: 0, away: 0 });
  expect((await bob.lookup("alice")).state).toBe("here");
  for (const socket of [first, second, watcher]) socket.disconnect();
});
