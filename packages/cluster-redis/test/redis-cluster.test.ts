import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { TestNode } from "./node.ts";
import { startRedis } from "./redis.ts";

const bytes = (text: string): Uint8Array[] => [Buffer.from(text)];

test("nodes hear what is sent to them and to all, in one order, and not what is sent to others", async () => {
  await using redis = await startRedis();
  await using one = new TestNode(redis.url);
  await using other = new TestNode(redis.url);
  await using third = new TestNode(redis.url);
  const [, { node }] = [await one.joined(), await other.joined(), await third.joined()];

  one.cluster.send(node, bytes("a"));
  one.cluster.broadcast(bytes("b"));
  one.cluster.send(node, bytes("c"));
  await other.when(() => other.messages.length === 3);
  await third.cluster.sync();

  expect(other.messages).toEqual(["a", "b", "c"]);
  expect(third.messages).toEqual(["b"]);
  expect(one.unheard).toEqual([]);
});

test("an id belongs to one node until it is gone; who proves to have had it takes it along, and each time the fence is higher", async () => {
  await using redis = await startRedis();
  await using one = new TestNode(redis.url);
  await using other = new TestNode(redis.url);
  await Promise.all([one.joined(), other.joined()]);

  const first = await one.claim("alice", "instance-1");
  const stranger = await other.claim("alice", "instance-2");
  const moved = await other.claim("alice", "instance-1", true);
  other.cluster.note({ tenant: undefined, id: "alice", instance: "instance-1", state: "gone" });
  await other.cluster.sync();
  const fresh = await one.claim("alice", "instance-2");

  expect(first).toMatchObject({ isGranted: true, wasElsewhere: false });
  expect(stranger).toEqual({ isGranted: false });
  expect(moved).toMatchObject({ isGranted: true, wasElsewhere: true });
  expect(fresh).toMatchObject({ isGranted: true, wasElsewhere: false });
  const fences = [first, moved, fresh].map((verdict) => (verdict.isGranted ? verdict.fence : 0));
  expect(fences).toEqual(fences.toSorted((a, b) => a - b));
  expect(new Set(fences).size).toBe(3);
});

test("tenants have ids of their own, and so have clusters with other prefixes", async () => {
  await using redis = await startRedis();
  await using one = new TestNode(redis.url);
  await using stranger = new TestNode(redis.url, { prefix: "another" });
  await Promise.all([one.joined(), stranger.joined()]);
  const claim = { id: "alice", hasResume: false, policy: "reject" } as const;

  const verdicts = [
    await one.cluster.claim({ ...claim, tenant: undefined, instance: "instance-1" }),
    await one.cluster.claim({ ...claim, tenant: "red", instance: "instance-2" }),
    await one.cluster.claim({ ...claim, tenant: "red", instance: "instance-3" }),
    await stranger.cluster.claim({ ...claim, tenant: undefined, instance: "instance-4" }),
  ];

  expect(verdicts.map(({ isGranted }) => isGranted)).toEqual([true, true, false, true]);
});

test("a node that was stopped for longer than its lease sends nothing more, and takes another place", async () => {
  await using redis = await startRedis();
  let stoppedMs = 0;
  await using one = new TestNode(redis.url, { now: () => performance.now() + stoppedMs });
  await using other = new TestNode(redis.url);
  const [before] = await Promise.all([one.joined(), other.joined()]);
  await one.claim("alice", "instance-1");
  one.held = [{ tenant: undefined, id: "alice", instance: "instance-1", state: "here" }];

  stoppedMs = 60_000;
  const isSent = one.cluster.broadcast(bytes("late"));
  expect(one.place).toBeUndefined();
  const after = await one.joined();
  await other.cluster.sync();

  expect(isSent).toBe(false);
  expect(after.node).not.toBe(before.node);
  expect(after.lost).toEqual([]);
  expect(other.messages).toEqual([]);
});

test("what others have taken while a node was away is lost to it, and it is told which", async () => {
  await using redis = await startRedis();
  let stoppedMs = 0;
  await using one = new TestNode(redis.url, { now: () => performance.now() + stoppedMs });
  await using other = new TestNode(redis.url);
  await Promise.all([one.joined(), other.joined()]);
  await one.claim("alice", "instance-1");
  await one.claim("bob", "instance-2");
  const alice = { tenant: undefined, id: "alice", instance: "instance-1", state: "here" } as const;
  one.held = [alice, { tenant: undefined, id: "bob", instance: "instance-2", state: "away" }];

  const moved = await other.claim("alice", "instance-1", true);
  stoppedMs = 60_000;
  one.cluster.broadcast(bytes("late"));
  const { lost } = await one.joined();

  expect(moved).toMatchObject({ isGranted: true, wasElsewhere: true });
  expect(lost).toEqual([alice]);
  // Bob is away, so anybody may have his id.
  expect(await other.claim("bob", "instance-3")).toMatchObject({ isGranted: true });
});

test("a node that is cut off is noticed by whoever sends to it, and by all when its lease has run out", async () => {
  await using redis = await startRedis();
  await using proxy = await startProxy(redis.port);
  await using one = new TestNode(redis.url, { leaseMs: 1000 });
  const other = new TestNode(proxy.url, { leaseMs: 1000 });
  const [, { node }] = await Promise.all([one.joined(), other.joined()]);
  await one.when(() => one.live.includes(node));

  await proxy[Symbol.asyncDispose]();
  await other.when(() => other.place === undefined);
  one.cluster.send(node, bytes("hello?"));
  await one.when(() => one.unheard.includes(node));
  await one.when(() => !one.live.includes(node));

  expect(other.errors).toHaveLength(1);
  await expect(other.claim("bob", "instance-1")).rejects.toMatchObject({ code: "BUSY" });
  expect(other.cluster.broadcast(bytes("x"))).toBe(false);
  await other.cluster.close();
});

test("nothing is left in Redis by who leaves in order, nor, after the leases, by who does not", async () => {
  await using redis = await startRedis();
  await using proxy = await startProxy(redis.port);
  const one = new TestNode(redis.url, { leaseMs: 1000 });
  const other = new TestNode(proxy.url, { leaseMs: 1000 });
  await Promise.all([one.joined(), other.joined()]);
  await one.claim("alice", "instance-1");
  await other.claim("bob", "instance-2");

  await one.cluster.close();
  await proxy[Symbol.asyncDispose]();
  await other.cluster.close();

  await expect.poll(() => countKeys(redis.port), { timeout: 20_000 }).toBe(0);
});

test("a password that is wrong is told as what it is, and tried again without end", async () => {
  await using redis = await startRedis("--requirepass", "right");
  const wrong = new TestNode(redis.url.replace("redis://", "redis://:wrong@"));
  await using right = new TestNode(redis.url.replace("redis://", "redis://:right@"));

  await right.joined();
  await expect.poll(() => String(wrong.errors[0])).toContain("WRONGPASS");

  expect(wrong.place).toBeUndefined();
  await wrong.cluster.close();
});

/** A way to Redis that can be cut for good. */
async function startProxy(port: number): Promise<{ readonly url: string } & AsyncDisposable> {
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, "close");
  };
  return { url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`, [Symbol.asyncDispose]: close };
}

async function countKeys(port: number): Promise<number> {
  const socket = connect(port, "127.0.0.1");
  socket.write("DBSIZE\r\n");
  const [answer] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return Number(answer.toString().slice(1));
}

test("when Redis takes nothing, the queue says that it is full, and is given up before it grows without bound", async () => {
  await using redis = await startRedis();
  await using one = new TestNode(redis.url, { queueBytes: 65_536, leaseMs: 60_000 });
  await one.joined();
  redis.pause();

  const chunk = [Buffer.alloc(32_768)];
  let sent = 0;
  let whenFull = 0;
  while (one.cluster.send("nobody", chunk) && sent < 1000) {
    sent += 1;
    if (one.cluster.isFull) whenFull ||= sent;
  }
  redis.resume();

  expect(whenFull).toBe(2);
  expect(sent).toBeLessThan(20);
  expect(one.cluster.isFull).toBe(false);
  await one.joined();
});

test("nodes that take their places at the same moment hear each other", async () => {
  await using redis = await startRedis();
  for (let round = 0; round < 10; round++) {
    await using nodes = new AsyncDisposableStack();
    const all = Array.from({ length: 4 }, () => nodes.use(new TestNode(redis.url)));

    for (const node of all) {
      const { others } = await node.joined();
      for (const other of others) node.cluster.send(other, bytes("hello"));
    }
    await Promise.all(all.map((node) => node.cluster.sync()));

    expect(all.flatMap(({ unheard }) => unheard)).toEqual([]);
  }
});
