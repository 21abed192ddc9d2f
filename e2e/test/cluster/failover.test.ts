import { setTimeout as pause } from "node:timers/promises";
import { connect, type Client, type Room } from "@peerloom/client";
import { socketIoDriver } from "@peerloom/driver-socketio";
import { io } from "socket.io-client";
import { expect, test } from "vitest";
import { startBalancer, type Balancer } from "../../support/balancer.ts";
import { startClusterNode, until, type ClusterNode } from "../../support/cluster.ts";
import { startRedisServer } from "../../support/redis-server.ts";

const isFull = process.env["PEERLOOM_CLUSTER_FULL"] !== undefined;
const size = isFull
  ? { clients: 300, streams: 100, messages: 100_000, chunks: 200 }
  : { clients: 45, streams: 20, messages: 20_000, chunks: 60 };
const leaseMs = 2000;
const chunkBytes = 1024;

interface Math {
  add(a: number, b: number): Promise<number>;
}

/** What each client has heard, to be compared with what was said. */
interface Heard {
  readonly numbers: Map<string, number>;
  wrong: number;
  readonly said: Map<string, number>;
  ticks: number;
}

test(
  "a node is killed and another drained under load: all that was said arrives once and in order, and Redis forgets",
  { timeout: 280_000 },
  async () => {
    await using redis = await startRedisServer();
    await using stack = new AsyncDisposableStack();
    const nodes: ClusterNode[] = [];
    for (let n = 0; n < 3; n++)
      nodes.push(stack.use(await startClusterNode({ redisUrl: redis.url, leaseMs, sessionTimeoutMs: 60_000, drainMs: 3000 })));
    const ports = nodes.map(({ port }) => port);
    // Each third of the clients has a node that it is sent to first.
    const balancers: Balancer[] = [];
    for (let n = 0; n < 3; n++) balancers.push(stack.use(await startBalancer([...ports.slice(n), ...ports.slice(0, n)])));
    const heard: Heard[] = [];
    const clients: Client[] = [];
    for (let n = 0; n < size.clients; n++) {
      const client = await connect(balancers[n % 3]?.url ?? "", {
        clientId: `client-${n}`,
        requestTimeoutMs: 120_000,
        reconnectMaxMs: 500,
        connectTimeoutMs: 60_000,
      });
      stack.defer(() => client.close());
      clients.push(client);
      heard.push(listen(client));
    }

    // Everything once, from node to node, before anything happens to them.
    const rooms = await enterRoom(clients, heard);
    await exchangeOnce(clients, balancers);
    const provider = clients[0] as Client;
    await provider.provide("math", { add: (a: number, b: number) => a + b }).ready;
    const ticks = provider.createTopic("math", "ticks", { history: 1000 });
    await Promise.all(
      clients.slice(1).map((client, n) => client.subscribe("math", "ticks", (tick: number) => hearTick(heard[n + 1], tick))),
    );

    // Load: messages from each client to the next, streams, a topic, a room and calls.
    const before = await Promise.all(nodes.map((node) => node.status()));
    const load = { isOver: false };
    const messages = Promise.all(clients.map((client, n) => sendNumbers(client, nextOf(clients, n), size.messages / size.clients, load)));
    const streams = Promise.all(
      Array.from({ length: size.streams }, (_, n) => sendStream(clients[n % clients.length] as Client, nextOf(clients, n), load)),
    );
    const talk = talkOn(clients, rooms, ticks, load);
    await until(() => heard.every(({ numbers }) => [...numbers.values()].some((count) => count > 5)));
    await nodes[1]?.program.kill();
    for (const balancer of balancers) balancer.remove(ports[2] ?? 0);
    await nodes[2]?.drain();
    await until(async () => (await nodes[0]?.status())?.clients.here === size.clients);
    load.isOver = true;
    const sent = await messages;
    const received = await streams;
    const { says, tocks, calls } = await talk;

    expect(before.every(({ clients: { here } }) => here === size.clients / 3)).toBe(true);
    await until(() =>
      heard.every(
        ({ numbers }, n) =>
          numbers.get(clients[(n + clients.length - 1) % clients.length]?.id ?? "") === sent[(n + clients.length - 1) % clients.length],
      ),
    );
    await until(() =>
      heard.every(
        ({ said, ticks: count }, n) =>
          (n === 0 || count === tocks) && [...says].every(([from, number]) => from === n || said.get(`client-${from}`) === number),
      ),
    );
    expect(heard.reduce((sum, { wrong }) => sum + wrong, 0)).toBe(0);
    expect(sent.reduce((sum, number) => sum + number, 0)).toBeGreaterThanOrEqual(size.messages);
    expect(received.every(({ isWhole }) => isWhole)).toBe(true);
    expect(calls).toBeGreaterThan(0);

    // Nothing is left behind, by who left in order nor by who was killed.
    await Promise.all(clients.map((client) => client.close()));
    await nodes[0]?.drain();
    await until(async () => (await redis.keys()) === 0);
  },
);

function nextOf(clients: readonly Client[], n: number): string {
  return clients[(n + 1) % clients.length]?.id ?? "";
}

/** Counts all that a client hears, and what is not the next. */
function listen(client: Client): Heard {
  const heard: Heard = { numbers: new Map(), wrong: 0, said: new Map(), ticks: 0 };
  client.onAny("number", (number: number, { from }: { from: string }) => {
    const expected = heard.numbers.get(from) ?? 0;
    if (number !== expected) heard.wrong += 1;
    heard.numbers.set(from, expected + 1);
  });
  client.onAny("next", (number: number) => number + 1);
  client.onPair(() => {});
  client.onStream("bytes", async (stream) => {
    let count = 0;
    for await (const chunk of stream.readable as AsyncIterable<Uint8Array>) {
      for (const byte of chunk) if (byte !== Math.floor(count++ / chunkBytes) % 251) heard.wrong += 1;
    }
    const writer = stream.writable.getWriter();
    await writer.write(count);
    await writer.close();
  });
  return heard;
}

async function enterRoom(clients: readonly Client[], heard: readonly Heard[]): Promise<Room[]> {
  return Promise.all(
    clients.map(async (client, n) => {
      const room = await client.join("hall");
      room.on("say", (number: number, { from }: { from: string }) => {
        const { said } = heard[n] as Heard;
        if (number !== (said.get(from) ?? 0)) (heard[n] as Heard).wrong += 1;
        said.set(from, (said.get(from) ?? 0) + 1);
      });
      return room;
    }),
  );
}

function hearTick(heard: Heard | undefined, tick: number): void {
  if (heard === undefined) return;
  if (tick !== heard.ticks) heard.wrong += 1;
  heard.ticks += 1;
}

/** Requests, pairing, presence, the relay's own service, and signaling, between nodes. */
async function exchangeOnce(clients: readonly Client[], balancers: readonly Balancer[]): Promise<void> {
  await Promise.all(
    clients.map(async (client, n) => {
      const peer = nextOf(clients, n);
      await client.pair(peer);
      expect(await client.remote(peer).emitWithAck("next", n)).toBe(n + 1);
      expect((await client.lookup(peer)).state).toBe("here");
    }),
  );
  const pids = await Promise.all(clients.slice(0, 3).map((client) => client.service<{ pid(): Promise<number> }>("node").pid()));
  expect(new Set(pids).size).toBe(3);
  const sockets = balancers
    .slice(0, 2)
    .map(({ url }, n) => io(`${url}/peerloom`, { auth: { clientId: `driver-${n}` }, forceNew: true, transports: ["websocket"] }));
  const [alice, bob] = sockets.map((socket) => socketIoDriver({ socket }));
  const signal = Promise.withResolvers<string>();
  await bob?.subscribe(["lobby"], (bytes, from) => signal.resolve(`${from}: ${new TextDecoder().decode(bytes)}`));
  await alice?.subscribe(["lobby"], () => {});
  await alice?.publish(["lobby"], new TextEncoder().encode("hello"));
  expect(await signal.promise).toBe("driver-0: hello");
  await Promise.all([alice?.close(), bob?.close()]);
  for (const socket of sockets) socket.disconnect();
}

/** Sends at least so many numbered messages, and on until the load is over. @returns how many. */
async function sendNumbers(client: Client, to: string, least: number, load: { readonly isOver: boolean }): Promise<number> {
  const remote = client.remote(to);
  let sent = 0;
  while (sent < least || !load.isOver) {
    const isMore = sent < least;
    for (let n = 0; n < (isMore ? 10 : 1); n++) if (!remote.emit("number", sent++)) await remote.drained();
    await pause(isMore ? 20 : 100);
  }
  return sent;
}

/** Sends a stream that lasts as long as the load does. */
async function sendStream(client: Client, to: string, load: { readonly isOver: boolean }): Promise<{ readonly isWhole: boolean }> {
  const stream = await client.remote(to).openStream("bytes");
  const writer = stream.writable.getWriter();
  let chunks = 0;
  while (chunks < size.chunks || !load.isOver) {
    await writer.write(new Uint8Array(chunkBytes).fill(chunks++ % 251));
    await pause(chunks < size.chunks ? 30 : 200);
  }
  await writer.close();
  const answer = await stream.readable.getReader().read();
  return { isWhole: answer.value === chunks * chunkBytes };
}

/** A few talk in the room, the provider ticks, and all call it, until the load is over. */
async function talkOn(
  clients: readonly Client[],
  rooms: readonly Room[],
  ticks: { publish(...args: unknown[]): unknown },
  load: { readonly isOver: boolean },
): Promise<{ readonly says: Map<number, number>; readonly tocks: number; readonly calls: number }> {
  const says = new Map<number, number>([0, 1, 2, 3, 4, 5].map((speaker) => [speaker, 0]));
  let [tocks, calls] = [0, 0];
  while (!load.isOver) {
    for (const [speaker, number] of says) {
      rooms[speaker]?.emit("say", number);
      says.set(speaker, number + 1);
    }
    ticks.publish(tocks++);
    const caller = clients[1 + (calls % (clients.length - 1))] as Client;
    expect(await caller.service<Math>("math").add(calls, 1)).toBe(calls + 1);
    calls += 1;
    await pause(50);
  }
  return { says, tocks, calls };
}
