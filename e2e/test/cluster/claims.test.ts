import { connect } from "@peerloom/client";
import { io, type Socket } from "socket.io-client";
import { expect, test } from "vitest";
import { startLocalNode } from "../../support/cluster.ts";
import { startRedisServer } from "../../support/redis-server.ts";

/** Claims an id with an instance of its own. @returns the code of the refusal, or `welcome`. */
async function claim(url: string, clientId: string, number: number, sockets: Set<Socket>, auth: object = {}): Promise<string> {
  const instance = `instance-${String(number).padStart(6, "0")}`;
  const socket = io(`${url}/peerloom`, {
    auth: { protocol: 1, instance, clientId, ...auth },
    transports: ["websocket"],
    forceNew: true,
    reconnection: false,
  });
  sockets.add(socket);
  return new Promise((resolve) => {
    socket.once("welcome", () => resolve("welcome"));
    socket.once("connect_error", (error: Error & { data?: { code: string } }) => resolve(error.data?.code ?? error.message));
  });
}

const claims = Number(process.env["PEERLOOM_CLUSTER_CLAIMS"] ?? 1000);

test(
  "of two clients that claim an id on two nodes at the same moment one wins, each of a thousand times",
  { timeout: 180_000 },
  async () => {
    await using redis = await startRedisServer();
    await using one = await startLocalNode(redis.url);
    await using other = await startLocalNode(redis.url);
    const outcomes = new Map<string, number>();
    const winners = [0, 0];

    for (let round = 0; round < claims; round++) {
      const sockets = new Set<Socket>();
      const id = `client-${round}`;
      // Who asks first changes, so that neither node is always ahead.
      const urls = round % 2 === 0 ? [one.url, other.url] : [other.url, one.url];
      const results = await Promise.all(urls.map((url, index) => claim(url, id, 2 * round + index, sockets)));
      const outcome = results.toSorted().join(" ");
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      const winner = urls[results.indexOf("welcome")] === one.url ? 0 : 1;
      winners[winner] = (winners[winner] ?? 0) + 1;
      for (const socket of sockets) socket.disconnect();
    }

    expect(Object.fromEntries(outcomes)).toEqual({ "CLIENT_ID_TAKEN welcome": claims });
    expect([...one.errors, ...other.errors]).toEqual([]);
  },
);

test("a client that proves itself takes its id along to another node, and what it had there is told to be replaced", async () => {
  await using redis = await startRedisServer();
  await using one = await startLocalNode(redis.url);
  await using other = await startLocalNode(redis.url);
  await using bob = await connect(other.url, { clientId: "bob" });
  const sockets = new Set<Socket>();
  const connected = (url: string, auth: object): Socket => {
    const socket = io(`${url}/peerloom`, {
      auth: { protocol: 1, clientId: "alice", instance: "instance-alice", ...auth },
      transports: ["websocket"],
      forceNew: true,
      reconnection: false,
    });
    sockets.add(socket);
    return socket;
  };
  const first = connected(one.url, {});
  const { resume } = await new Promise<{ resume: string }>((resolve) => first.once("welcome", resolve));
  const bye = new Promise<unknown>((resolve) => first.once("bye", resolve));

  expect(await claim(other.url, "alice", 1, sockets)).toBe("CLIENT_ID_TAKEN");
  const second = connected(other.url, { resume });
  await new Promise((resolve) => second.once("welcome", resolve));

  expect(await bye).toMatchObject({ code: "CLIENT_ID_REPLACED" });
  expect(await bob.lookup("alice")).toMatchObject({ state: "here", instance: "instance-alice" });
  expect(one.relay.stats().clients).toEqual({ here: 0, away: 0 });
  for (const socket of sockets) socket.disconnect();
});

test("where the policy is to replace, the newcomer on another node wins and the holder is told", async () => {
  await using redis = await startRedisServer();
  await using one = await startLocalNode(redis.url, { duplicateId: "replace" });
  await using other = await startLocalNode(redis.url, { duplicateId: "replace" });
  await using holder = await connect(one.url, { clientId: "alice" });
  const lost = new Promise<unknown>((resolve) => holder.once("closed", resolve));

  await using newcomer = await connect(other.url, { clientId: "alice" });

  expect(await lost).toMatchObject({ error: { code: "CLIENT_ID_REPLACED" } });
  expect(newcomer.id).toBe("alice");
});
