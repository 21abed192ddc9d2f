import { setTimeout as pause } from "node:timers/promises";
import { connect, type Client } from "@peerloom/client";
import { expect, test } from "vitest";
import { clusterState, startLocalNode, until } from "../../support/cluster.ts";
import { checkComplete, startExchange } from "../../support/exchange.ts";
import { startRedisServer, type RedisServer } from "../../support/redis-server.ts";

/** How long Redis is away, in milliseconds; half a minute in the full size. */
const outageMs = Number(process.env["PEERLOOM_CLUSTER_OUTAGE_MS"] ?? 5000);
// A peer is given up after this time; it must be longer than the outage.
const options = { sessionTimeoutMs: 2 * outageMs + 30_000 };

const ways: Record<string, { readonly stop: (redis: RedisServer) => unknown; readonly go: (redis: RedisServer) => unknown }> = {
  "is killed and started again with nothing in it": { stop: (redis) => redis.kill(), go: (redis) => redis.start() },
  "stops answering and goes on again": { stop: (redis) => redis.pause(), go: (redis) => redis.resume() },
};

for (const [what, { stop, go }] of Object.entries(ways)) {
  test(
    `when Redis ${what} under load, nothing that was accepted is lost, and what is refused is said`,
    { timeout: 4 * outageMs + 120_000 },
    async () => {
      await using redis = await startRedisServer();
      await using one = await startLocalNode(redis.url, options, 2000);
      await using other = await startLocalNode(redis.url, options, 2000);
      await using clients = new AsyncDisposableStack();
      const client = async (url: string, clientId: string): Promise<Client> => clients.use(await connect(url, { clientId }));
      const alice = await client(one.url, "alice");
      const across = startExchange(alice, await client(other.url, "bob"));
      const local = startExchange(await client(one.url, "carol"), await client(one.url, "dave"));
      const rooms = await Promise.all([alice, await client(other.url, "erin")].map((made) => made.join("lobby")));
      const said: number[] = [];
      rooms[1]?.on("say", (n: number) => void said.push(n));
      await Promise.all([across.flowing(2000), local.flowing(2000)]);

      const down = [one, other].map(({ relay }) => clusterState(relay, "down"));
      await stop(redis);
      await Promise.all(down);
      const isOver = pause(outageMs);
      for (let n = 0; n < 100; n++) rooms[0]?.emit("say", n);
      await local.flowing(2000);
      expect((await alice.lookup("bob")).state).toBe("away");
      await expect(connect(one.url, { clientId: "stranger", connectTimeoutMs: 1000 })).rejects.toMatchObject({ code: "BUSY" });
      await isOver;
      await go(redis);
      await Promise.all([one, other].map(({ relay }) => clusterState(relay, "up")));

      const minimum = { messages: 20_000, requests: 100 };
      await across.flowing(2000);
      checkComplete(await across.finish(minimum));
      checkComplete(await local.finish(minimum));
      await until(() => said.length >= 100);
      expect(said).toEqual(Array.from({ length: 100 }, (_, n) => n));
      // A client that was refused before is let in now, and found from the other node.
      await client(one.url, "stranger");
      expect((await alice.lookup("stranger")).state).toBe("here");
      expect([...one.errors, ...other.errors].map(String).filter((error) => !error.includes("lost touch with Redis"))).toEqual([]);
    },
  );
}
