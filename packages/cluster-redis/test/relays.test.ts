import { connect, type Client } from "@peerloom/client";
import { createRelay, type RelayServer, type RelayServerOptions } from "@peerloom/server";
import { expect, test } from "vitest";
import { redisCluster } from "../src/index.ts";
import { startRedis } from "./redis.ts";

interface Relays extends AsyncDisposable {
  readonly relays: readonly [RelayServer, RelayServer];
  /** A client of the first relay, or of the second. */
  client(node: 0 | 1, clientId: string, token?: string): Promise<Client>;
}

/** Two relays joined by a Redis, and clients of them; all of it is closed at the end of the block. */
async function startRelays(options: RelayServerOptions = {}): Promise<Relays> {
  const stack = new AsyncDisposableStack();
  const redis = stack.use(await startRedis());
  const start = async (): Promise<readonly [RelayServer, string]> => {
    const cluster = redisCluster(redis.url);
    const relay = stack.use(createRelay({ port: 0, secret: "the same for both", cluster, warn: () => {}, ...options }));
    const up = new Promise((resolve) => relay.once("cluster", resolve));
    const { url } = await relay.listen();
    await up;
    return [relay, url];
  };
  const [one, other] = [await start(), await start()];
  return {
    relays: [one[0], other[0]],
    client: async (node, clientId, token) =>
      stack.use(await connect([one, other][node]?.[1] ?? "", { clientId, ...(token !== undefined && { token }) })),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** The next event of a client that matches. */
function presence(client: Client, id: string, state: string): Promise<void> {
  return new Promise((resolve) => client.on("presence", (event) => event.id === id && event.state === state && resolve()));
}

test("who is welcomed on one node is found from the other at once, whatever is asked", async () => {
  await using cluster = await startRelays({ allowList: true });
  const alice = await cluster.client(0, "alice");
  alice.onPair(() => ({ accept: true }));

  for (let n = 0; n < 50; n++) {
    const bob = await cluster.client(1, `bob-${n}`);
    bob.onAny("next", (number: number) => number + 1);
    expect(await alice.remote(bob.id).emitWithAck("next", n)).toBe(n + 1);
    await bob.close();
  }

  const carol = await cluster.client(1, "carol");
  expect((await alice.lookup("carol")).state).toBe("here");
  expect((await carol.listClients()).clients.map(({ id }) => id)).toEqual(["alice", "carol"]);
  await expect(alice.remote("nobody").emitWithAck("next", 1)).rejects.toMatchObject({ code: "PEER_NOT_FOUND" });
});

test("presence, metadata and leaving are told to watchers on the other node", async () => {
  await using cluster = await startRelays();
  const [alice, bob] = [await cluster.client(0, "alice"), await cluster.client(1, "bob")];
  const here = presence(alice, "bob", "here");
  alice.watch("bob");
  await here;
  const told = new Promise<unknown>((resolve) => alice.on("presence", ({ metadata }) => metadata !== undefined && resolve(metadata)));
  const gone = presence(alice, "bob", "gone");

  await bob.setMetadata({ name: "Bob" });
  expect(await told).toEqual({ name: "Bob" });
  await bob.close();
  await gone;

  expect((await alice.lookup("bob")).state).toBe("absent");
});

test("tenants do not meet on two nodes either, and a tenant's clients do", async () => {
  await using cluster = await startRelays({ authenticate: ({ token }) => (token === undefined ? {} : { tenant: token }) });
  const [red, alsoRed, blue] = [
    await cluster.client(0, "alice", "red"),
    await cluster.client(1, "bob", "red"),
    await cluster.client(1, "carol", "blue"),
  ];
  alsoRed.onAny("who", () => "red bob");

  expect(await red.remote("bob").emitWithAck("who")).toBe("red bob");
  await expect(blue.remote("alice").emitWithAck("who")).rejects.toMatchObject({ code: "PEER_NOT_FOUND" });
  // An id is free in one that is taken in another.
  expect((await cluster.client(0, "bob", "blue")).id).toBe("bob");
  const [room, other] = [await red.join("hall"), await blue.join("hall")];
  expect(room.members.size).toBe(0);
  expect(other.members.size).toBe(0);
});

test("a service has providers on both nodes, and the relay's own provider is that of the caller's node", async () => {
  await using cluster = await startRelays();
  for (const [index, relay] of cluster.relays.entries()) relay.provide("node", { number: () => index });
  const [alice, bob, carol] = [await cluster.client(0, "alice"), await cluster.client(1, "bob"), await cluster.client(1, "carol")];
  await alice.provide("who", { name: () => "alice" }).ready;
  await bob.provide("who", { name: () => "bob" }).ready;
  const who = carol.service<{ name(): Promise<string> }>("who");

  const names = [await who.name(), await who.name()];
  const numbers = await Promise.all([alice, bob].map((client) => client.service<{ number(): Promise<number> }>("node").number()));

  expect(names.toSorted()).toEqual(["alice", "bob"]);
  expect(numbers).toEqual([0, 1]);
});

test("who subscribes on another node later gets the history it asks for, and then all that follows", async () => {
  await using cluster = await startRelays();
  const [alice, bob] = [await cluster.client(0, "alice"), await cluster.client(1, "bob")];
  await alice.provide("clock", { now: () => 0 }).ready;
  const ticks = alice.createTopic("clock", "ticks", { history: 100 });
  for (let n = 0; n < 10; n++) ticks.publish(n);
  const heard: number[] = [];
  const [history, all] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const hear = (n: number): void => {
    const count = heard.push(n);
    if (count === 3) history.resolve();
    if (count === 8) all.resolve();
  };

  await bob.subscribe("clock", "ticks", hear, { replay: 3 });
  await history.promise;
  for (let n = 10; n < 15; n++) ticks.publish(n);
  await all.promise;

  expect(heard).toEqual([7, 8, 9, 10, 11, 12, 13, 14]);
});

test("who joins a room on a node that had no member hears what is said from then on, and nothing before", async () => {
  await using cluster = await startRelays();
  const [alice, bob] = [await cluster.client(0, "alice"), await cluster.client(1, "bob")];
  const room = await alice.join("lobby");
  for (let n = 0; n < 20; n++) room.emit("say", n);

  const heard: unknown[] = [];
  const late = await bob.join("lobby");
  const last = new Promise<void>((resolve) => late.on("say", (n: number) => void (heard.push(n), n === 21 && resolve())));
  room.emit("say", 20);
  room.emit("say", 21);
  await last;

  // What was on its way while it joined may be among it, in order; nothing is missing from there on.
  expect(heard.slice(-2)).toEqual([20, 21]);
  expect(heard).toEqual(Array.from({ length: heard.length }, (_, n) => 22 - heard.length + n));
  expect([...late.members.keys()]).toEqual(["alice"]);
});

test("a pairing question crosses, with its answer and its refusal", async () => {
  await using cluster = await startRelays();
  const [alice, bob, carol] = [await cluster.client(0, "alice"), await cluster.client(1, "bob"), await cluster.client(1, "carol")];
  bob.onPair(() => {});

  await alice.pair("bob");

  await expect(alice.pair("carol")).rejects.toMatchObject({ code: "PAIR_REFUSED" });
  await expect(alice.pair("nobody")).rejects.toMatchObject({ code: "PEER_NOT_FOUND" });
  expect(carol.id).toBe("carol");
});

test("after a relay and all clients have left, the tables of the other are empty", async () => {
  await using cluster = await startRelays();
  const [alice, bob] = [await cluster.client(0, "alice"), await cluster.client(1, "bob")];
  await Promise.all([alice.join("lobby"), bob.join("lobby")]);
  await bob.provide("who", { name: () => "bob" }).ready;
  await alice.service<{ name(): Promise<string> }>("who").name();
  const gone = presence(alice, "bob", "gone");

  await bob.close();
  await gone;
  await alice.close();

  const { clients, rooms, services, topics } = cluster.relays[0].stats();
  expect({ clients, rooms, services, topics }).toEqual({ clients: { here: 0, away: 0 }, rooms: 0, services: 0, topics: 0 });
  expect(cluster.relays[0].cluster?.clientsElsewhere).toBe(0);
});
