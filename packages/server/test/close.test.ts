import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createRelay } from "../src/index.ts";
import { connect, instance, join, refusal, startAttached, startRelay } from "./support.ts";

test("clients are told CLOSED, and nothing is left: no socket, no timer, no row", async () => {
  const program = fileURLToPath(new URL("./programs/closing-relay.ts", import.meta.url));
  const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "pipe"] });
  const exited = once(child, "exit");
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const url = (await lines.next()).value as string;
  const alice = await connect(url, "alice");
  const bob = await connect(url, "bob");
  const lost = await connect(url, "lost");
  const slow = await connect(url, "slow");
  for (const client of [alice, bob, lost, slow]) {
    await client.ok({ type: "join", room: "lobby", head: 0 });
    await client.ok({ type: "watch", ids: ["alice", "bob", "nobody"] });
  }
  lost.cut();
  await once(child.stderr, "data");
  const asked = Promise.withResolvers<void>();
  bob.answer = () => asked.resolve();
  alice.request({ type: "pair", to: "bob" });
  await asked.promise;
  slow.raw.pause();
  for (let serial = 0; serial < 1000; serial++) alice.packet("slow", serial, "x".repeat(16_000));
  await alice.next("u", (_to: string, code: string) => code === "BUSY");

  child.stdin.write("close\n");
  const left = JSON.parse((await lines.next()).value as string) as unknown;

  expect(left).toEqual({ clients: { here: 0, away: 0 }, rooms: 0, congested: 0, rows: [0, 0, 0], resources: [] });
  expect(await alice.next("bye")).toEqual([{ code: "CLOSED", message: "this relay is closing" }]);
  expect(await bob.next("bye")).toMatchObject([{ code: "CLOSED" }]);
  expect(await exited).toEqual([0, null]);
});

test("closing again is the same closing", async () => {
  const { relay } = await startRelay();

  expect(relay.close()).toBe(relay.close());
  await relay.close();
});

test("a relay that never listened, or is just beginning to, closes too", async () => {
  await createRelay().close();
  const relay = createRelay({ port: 0 });
  const listening = relay.listen();

  await relay.close();

  expect(await listening).toMatchObject({ host: "127.0.0.1" });
  await expect(relay.listen(0)).resolves.toBeDefined();
  await expect(fetch((await listening).url)).rejects.toThrow("fetch failed");
});

test("listening after close is CLOSED", async () => {
  const relay = createRelay({ port: 0 });
  await relay.close();

  await expect(relay.listen()).rejects.toMatchObject({ code: "CLOSED" });
});

test("a client that does not read does not hold it up", async () => {
  const server = await startRelay({ limits: { outboundBytes: 64 * 1024 } });
  using alice = await connect(server.url, "alice");
  using slow = await connect(server.url, "slow");
  slow.raw.pause();
  for (let serial = 0; serial < 1000; serial++) alice.packet("slow", serial, "x".repeat(16_000));
  await alice.next("u", (_to: string, code: string) => code === "BUSY");
  const before = performance.now();

  await server.relay.close();

  expect(performance.now() - before).toBeLessThan(3000);
});

test("an attached relay lets nobody in any more, and leaves the server running", async () => {
  await using server = await startAttached();
  using alice = await connect(server.url, "alice");

  await server.relay.close();

  expect(await alice.next("bye")).toMatchObject([{ code: "CLOSED" }]);
  expect(await refusal(server.url, { clientId: "alice" })).toMatchObject({ code: "CLOSED" });
});

test("a client that is being authenticated while the relay closes is not let in", async () => {
  const entered = Promise.withResolvers<void>();
  const go = Promise.withResolvers<object>();
  await using server = await startAttached({ authenticate: () => (entered.resolve(), go.promise) });
  const refused = refusal(server.url, { clientId: "alice", instance: instance() });
  await entered.promise;

  await server.relay.close();
  go.resolve({});

  expect(await refused).toMatchObject({ code: "CLOSED" });
});

test("a relay with the same secret takes the clients of the one before", async () => {
  const secret = "a key of at least sixteen bytes";
  const auth = { clientId: "alice", instance: instance() };
  const first = await startRelay({ secret });
  const [alice, { resume }] = await join(first.url, auth);
  await first.relay.close();
  alice[Symbol.dispose]();
  await using second = await startRelay({ secret });

  const [again, welcome] = await join(second.url, { ...auth, resume });
  using _ = again;

  expect(welcome).toMatchObject({ clientId: "alice", resume });
});
