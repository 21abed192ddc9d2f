import { join } from "node:path";
import { connect, type Client } from "@peerloom/client";
import { afterEach, expect, test } from "vitest";
import { startCommand, urlOf, type Command } from "../../../tools/lib/command.ts";
import { checkComplete, startExchange, type Exchange } from "../../support/exchange.ts";
import { startBalancer, type Balancer } from "../../support/ready-balancer.ts";
import { startRedisServer } from "../../support/redis-server.ts";
import { startStreamer, type Streamer } from "../../support/streamer.ts";

const windowMs = 1500;
const deadlineMs = 5000;
/** What a process may take to end, beside what it was told, on a machine that does other things too. */
const graceMs = 10_000;
/** Where the package that joins relays is found. */
const e2e = join(import.meta.dirname, "..", "..");
const env = { PEERLOOM_SECRET: "the same for all relays" };
const clients: Client[] = [];
const relays: Command[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await Promise.all(relays.splice(0).map((relay) => relay[Symbol.asyncDispose]()));
});

async function startRelay(balancer: Balancer, ...more: string[]): Promise<Command> {
  const args = ["--port", "0", "--drain-window-ms", String(windowMs), "--drain-deadline-ms", String(deadlineMs), ...more];
  const relay = startCommand(args, env, e2e);
  relays.push(relay);
  const url = await urlOf(relay);
  if (more.includes("--redis")) await relay.line(({ msg, state }) => msg === "cluster" && state === "up");
  await balancer.add(Number(new URL(url).port));
  return relay;
}

async function client(url: string, clientId: string): Promise<Client> {
  const made = await connect(url, { clientId });
  clients.push(made);
  return made;
}

/** Ends a relay as an operator would. @returns the milliseconds that took, and what it said of its clients. */
async function end(relay: Command): Promise<{ code: number | null; ms: number; report: object }> {
  const began = performance.now();
  relay.child.kill("SIGTERM");
  const code = await relay.exited;
  return { code, ms: performance.now() - began, report: await relay.line(({ msg }) => msg === "drained") };
}

/** Does something in the middle of a stream, which must arrive whole all the same. The stream takes twice as long as clients have to move. */
async function duringStream<T>(sender: Streamer, receiver: Streamer, act: () => Promise<T>): Promise<T> {
  const bytes = (20_000_000 * 2 * windowMs) / 1000;
  const sending = sender.send({ to: "receiver", bytes, bytesPerS: 20_000_000 });
  await receiver.reaches(bytes / 20);
  const result = await act();
  const { sent, received } = await sending;
  expect(received).toEqual(sent);
  expect(received.bytes).toBe(bytes);
  return result;
}

test("a relay that is replaced three times behind a balancer loses, doubles and reorders nothing", { timeout: 240_000 }, async () => {
  await using balancer = await startBalancer();
  let relay = await startRelay(balancer);
  await using receiver = await startStreamer(balancer.url, "receiver");
  await using sender = await startStreamer(balancer.url, "sender");
  const exchange = startExchange(await client(balancer.url, "alice"), await client(balancer.url, "bob"));

  for (let turns = 0; turns < 3; turns++) {
    const next = await startRelay(balancer);
    await exchange.flowing(2000);
    const { code, ms, report } = await duringStream(sender, receiver, () => end(relay));
    expect([code, report]).toEqual([0, expect.objectContaining({ moved: 4, cut: 0 })]);
    expect(ms).toBeLessThan(deadlineMs + graceMs);
    relay = next;
  }
  const result = await exchange.finish({ messages: 50_000, requests: 500 });

  checkComplete(result);
});

test("three relays that are restarted one after the other lose, double and reorder nothing", { timeout: 240_000 }, async () => {
  await using redis = await startRedisServer();
  await using balancer = await startBalancer();
  const nodes: Command[] = [];
  for (let n = 0; n < 3; n++) nodes.push(await startRelay(balancer, "--redis", redis.url));
  await using receiver = await startStreamer(balancer.url, "receiver");
  await using sender = await startStreamer(balancer.url, "sender");
  const pairs: Exchange[] = [];
  for (let n = 0; n < 3; n++) pairs.push(startExchange(await client(balancer.url, `alice-${n}`), await client(balancer.url, `bob-${n}`)));
  let moved = 0;

  for (const node of nodes) {
    await Promise.all(pairs.map((pair) => pair.flowing(1000)));
    const { code, ms, report } = await duringStream(sender, receiver, () => end(node));
    expect([code, report]).toEqual([0, expect.objectContaining({ cut: 0 })]);
    expect(ms).toBeLessThan(deadlineMs + graceMs);
    moved += Number(Reflect.get(report, "moved"));
    await startRelay(balancer, "--redis", redis.url);
  }
  const results = await Promise.all(pairs.map((pair) => pair.finish({ messages: 20_000, requests: 200 })));

  results.forEach(checkComplete);
  // Each of the eight was on one of the three.
  expect(moved).toBeGreaterThanOrEqual(8);
});
