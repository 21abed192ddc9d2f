import { expect, test } from "vitest";
import type { RelayServerOptions } from "../../src/index.ts";
import { connect, join, nextEvent, refusal, startRelay, type RawClient } from "../support.ts";
import { StubCluster } from "./stub-cluster.ts";

const client = (id: string, more: object = {}): object => ({
  type: "client",
  client: { id, instance: `instance-${id}`, fence: 5, state: "here", ...more },
});
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A relay with the place "me", in a cluster whose other nodes the test plays. */
async function start(options: RelayServerOptions = {}) {
  const cluster = new StubCluster();
  const started = await startRelay({ secret: "a secret that all share", cluster, ...options });
  const errors: unknown[] = [];
  started.relay.on("error", ({ error }) => errors.push(error));
  cluster.join();
  return { cluster, errors, ...started };
}

async function lookup(raw: RawClient, id: string): Promise<unknown> {
  return raw.ok({ type: "lookup", id });
}

test("a relay is not ready before it has its place, and lets nobody in whom it does not know", async () => {
  const cluster = new StubCluster();
  await using started = await startRelay({ secret: "a secret that all share", cluster });
  const changed = nextEvent(started.relay, "cluster");

  expect(started.relay.cluster?.state).toBe("down");
  expect(await refusal(started.url, { clientId: "alice" })).toMatchObject({ code: "BUSY" });
  cluster.join();

  expect((await changed).state).toBe("up");
  using alice = await connect(started.url, "alice");
  expect(alice.socket.connected).toBe(true);
});

test("what another node tells of its clients is answered here", async () => {
  await using node = await start();
  using alice = await connect(node.url, "alice");
  await alice.ok({ type: "watch", ids: ["bob"] });

  node.cluster.tell("other", [
    client("bob", { metadata: { name: "Bob" }, rooms: [{ room: "hall", head: 3 }], offers: [{ service: "math" }] }),
  ]);

  expect(await alice.notice("presence")).toMatchObject({ id: "bob", state: "here", metadata: { name: "Bob" } });
  expect(await lookup(alice, "bob")).toMatchObject({ state: "here", instance: "instance-bob" });
  expect(await alice.ok({ type: "providers", service: "math" })).toMatchObject({ providers: [{ id: "bob" }] });
  node.cluster.tell("other", [{ type: "gone", id: "bob", reason: "closed" }]);
  expect(await alice.notice("presence")).toMatchObject({ id: "bob", state: "gone", reason: "closed" });
  expect(node.relay.stats()).toMatchObject({ rooms: 0, services: 0 });
});

test("who misses a broadcast asks for all there is, and believes nothing until it has come", async () => {
  await using node = await start();
  using alice = await connect(node.url, "alice");
  node.cluster.tell("other", [client("bob")]);

  node.cluster.tell("other", [client("carol")], 2);
  await turn();
  expect(node.cluster.told("snapshot-wanted")).toHaveLength(1);
  expect(await lookup(alice, "carol")).toMatchObject({ state: "absent" });
  const snapshot = { type: "snapshot", sent: 3, isFirst: true, isLast: true, topics: [], keys: [] };
  node.cluster.say("other", { ...snapshot, clients: [(client("carol") as { client: object }).client] });
  node.cluster.tell("other", [client("dave")], 3);

  expect(await lookup(alice, "bob")).toMatchObject({ state: "absent" });
  expect(await lookup(alice, "carol")).toMatchObject({ state: "here" });
  expect(await lookup(alice, "dave")).toMatchObject({ state: "here" });
  expect(node.errors).toEqual([]);
});

test("of two nodes that claim a client the higher fence is right, whichever is heard first", async () => {
  await using node = await start();
  using alice = await connect(node.url, "alice");
  const higher = client("bob", { instance: "instance-higher", fence: 8 });
  const lower = client("bob", { instance: "instance-lower", fence: 7 });

  node.cluster.tell("one", [higher]);
  node.cluster.tell("two", [lower]);
  node.cluster.tell("two", [{ type: "gone", id: "bob", reason: "closed" }]);
  const first = await lookup(alice, "bob");
  node.cluster.tell("two", [client("carol", { instance: "instance-lower", fence: 7 })]);
  node.cluster.tell("one", [client("carol", { instance: "instance-higher", fence: 8 })]);

  expect(first).toMatchObject({ instance: "instance-higher" });
  expect(await lookup(alice, "carol")).toMatchObject({ instance: "instance-higher" });
});

test("a client that another node has with a higher fence is closed here, and not with a lower one", async () => {
  await using node = await start();
  using alice = await connect(node.url, "alice");

  node.cluster.tell("other", [client("alice", { fence: 9 })]);
  await alice.settled();
  node.cluster.tell("other", [client("alice", { fence: 11 })]);

  expect(await alice.next("bye")).toMatchObject([{ code: "CLIENT_ID_REPLACED" }]);
  expect(node.relay.stats().clients).toEqual({ here: 0, away: 0 });
});

test("a client that proves itself is taken over from another node with its rooms and services", async () => {
  await using node = await start();
  const instance = "instance-alice-1";
  const [before, { resume }] = await join(node.url, { clientId: "alice", instance });
  before[Symbol.dispose]();
  using bob = await connect(node.url, "bob");
  await bob.ok({ type: "join", room: "hall", head: 0 });
  const holdings = { rooms: [{ room: "hall", head: 4 }], offers: [{ service: "math" }] };
  node.cluster.tell("other", [client("alice", { instance, fence: 11, ...holdings })]);
  node.cluster.verdict = { isGranted: true, fence: 12, wasElsewhere: true };

  const [alice] = await join(node.url, { clientId: "alice", instance, resume });

  expect(await alice.ok({ type: "join", room: "hall", head: 4 })).toMatchObject({ members: [{ id: "bob" }] });
  expect(await bob.ok({ type: "providers", service: "math" })).toMatchObject({ providers: [{ id: "alice", state: "here" }] });
  expect(node.cluster.told("client").at(-1)).toMatchObject({ client: { id: "alice", fence: 12, ...holdings } });
  alice[Symbol.dispose]();
});

test("a client is told to be here, too, when nobody has held its id since its former node has left", async () => {
  await using node = await start();
  const instance = "instance-alice-2";
  const [before, { resume }] = await join(node.url, { clientId: "alice", instance });
  before[Symbol.dispose]();
  node.cluster.tell("other", [client("alice", { instance, fence: 11 })]);
  node.cluster.tell("other", [{ type: "leaving" }]);
  node.cluster.verdict = { isGranted: true, fence: 12, wasElsewhere: false };

  const [alice] = await join(node.url, { clientId: "alice", instance, resume });
  await turn();

  expect(node.cluster.told("client").at(-1)).toMatchObject({ client: { id: "alice", fence: 12 } });
  expect(node.cluster.told("state").at(-1)).toMatchObject({ id: "alice", state: "here" });
  alice[Symbol.dispose]();
});

test("a node that has lost its place is believed no more; its clients are away, and gone when their time is up", async () => {
  await using node = await start({ sessionTimeoutMs: 100 });
  using alice = await connect(node.url, "alice");
  node.cluster.tell("other", [client("bob")]);
  await alice.ok({ type: "watch", ids: ["bob"] });

  node.cluster.events.unheard("other");
  expect(await alice.notice("presence")).toMatchObject({ id: "bob", state: "away" });
  alice.packet("bob", 1, "text");
  expect(await alice.next("u")).toEqual(["bob", "PEER_AWAY", 1]);
  node.cluster.tell("other", [client("carol")]);
  node.cluster.events.nodes([{ node: "other", sent: 5 }]);

  expect(await lookup(alice, "carol")).toMatchObject({ state: "absent" });
  expect(await alice.notice("presence")).toMatchObject({ id: "bob", state: "gone", reason: "timeout" });
});

test("a packet goes to the node that has its receiver, and one that comes from a node that has not its sender is dropped", async () => {
  await using node = await start();
  using alice = await connect(node.url, "alice");
  node.cluster.tell("other", [client("bob")]);
  node.cluster.tell("third", [client("carol")]);

  alice.packet("bob", 7, "hello");
  await alice.settled();
  await turn();
  const [sent] = node.cluster.told("p");
  node.cluster.say("third", ["p", 0, "alice", "bob", 1, [0]]);
  node.cluster.say("other", ["p", 0, "alice", "bob", 2, [0]]);

  expect(sent).toEqual(["p", 0, "bob", "alice", 7, [5]]);
  expect(node.cluster.sent.find(({ heads }) => heads.includes(sent))?.node).toBe("other");
  expect(await alice.next("p")).toEqual(["bob", ""]);
  await alice.settled();
  expect(alice.count("p")).toBe(0);
});

test("whoever sends too much to another node is told to wait, and when to go on", async () => {
  await using node = await start();
  using alice = await connect(node.url, "alice");
  node.cluster.tell("other", [client("bob")]);

  node.cluster.isFull = true;
  alice.packet("bob", 1, "hello");
  expect(await alice.next("u")).toEqual(["bob", "BUSY", 1]);
  node.cluster.isFull = false;
  node.cluster.events.drained();

  expect(await alice.next("ready")).toEqual(["bob"]);
});

test("what no node of this version says harms nothing, and is told", async () => {
  await using node = await start();
  using alice = await connect(node.url, "alice");

  node.cluster.events.message(Buffer.from("nonsense"));
  node.cluster.events.message(Buffer.alloc(0));
  node.cluster.tell("other", [{ type: "nothing" }, ["p"], client("", {}), { type: "subscribers", service: "x", topic: "y", count: -1 }]);
  node.cluster.tell("other", [client("bob")]);

  expect(node.errors).toHaveLength(6);
  expect(await lookup(alice, "bob")).toMatchObject({ state: "here" });
});

test("nothing is left of a cluster after the relay is closed", async () => {
  const node = await start();
  const alice = await connect(node.url, "alice");
  node.cluster.tell("other", [client("bob", { rooms: [{ room: "hall", head: 0 }] })]);
  const { core, common } = node.relay as unknown as {
    core: { replicas: { size: number } };
    common: { nodes: { size: number; questions: { size: number } } };
  };

  await node.relay.close();

  expect(node.cluster.isClosed).toBe(true);
  expect(node.cluster.told("leaving")).toHaveLength(1);
  expect([core.replicas.size, common.nodes.size, common.nodes.questions.size]).toEqual([0, 0, 0]);
  alice[Symbol.dispose]();
});

test("a node that is heard from its beginning is believed, although it was asked for a snapshot before it could hear", async () => {
  await using node = await start();
  using alice = await connect(node.url, "alice");
  node.cluster.join("other");
  await turn();

  node.cluster.tell("other", [{ type: "hello" }, client("bob")]);
  node.cluster.tell("other", [client("carol")]);

  expect(node.cluster.told("snapshot-wanted")).toHaveLength(1);
  expect(await lookup(alice, "bob")).toMatchObject({ state: "here" });
  expect(await lookup(alice, "carol")).toMatchObject({ state: "here" });
});
