import { connect, type Client } from "@peerloom/client";
import { afterEach, expect, test } from "vitest";
import { startCommand, urlOf, type Command } from "../../../tools/lib/command.ts";
import { startBalancer, type Balancer } from "../../support/balancer.ts";
import { checkComplete, startExchange } from "../../support/exchange.ts";
import { startStreamer } from "../../support/streamer.ts";

const windowMs = 1500;
const deadlineMs = 5000;
/** What a process may take to end, beside what it was told, on a machine that does other things too. */
const graceMs = 10_000;
const env = { PEERLOOM_SECRET: "the same for all relays" };
const clients: Client[] = [];
const relays: Command[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await Promise.all(relays.splice(0).map((relay) => relay[Symbol.asyncDispose]()));
});

async function startRelay(balancer: Balancer, ...args: string[]): Promise<Command> {
  const relay = startCommand(
    ["--port", "0", "--drain-window-ms", String(windowMs), "--drain-deadline-ms", String(deadlineMs), ...args],
    env,
  );
  relays.push(relay);
  await balancer.add(Number(new URL(await urlOf(relay)).port));
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

test("a relay that is replaced three times behind a balancer loses, doubles and reorders nothing", { timeout: 180_000 }, async () => {
  await using balancer = await startBalancer();
  let relay = await startRelay(balancer);
  await using receiver = await startStreamer(balancer.url, "receiver");
  await using sender = await startStreamer(balancer.url, "sender");
  const exchange = startExchange(await client(balancer.url, "alice"), await client(balancer.url, "bob"));
  const bytes = 300_000_000;
  const sending = sender.send({ to: "receiver", bytes, bytesPerS: 30_000_000 });
  const received: number[] = [];

  for (let turns = 0; turns < 3; turns++) {
    const next = await startRelay(balancer);
    await exchange.flowing(2000);
    received.push(await receiver.received());
    const { code, ms, report } = await end(relay);
    expect([code, report]).toEqual([0, expect.objectContaining({ moved: 4, cut: 0 })]);
    expect(ms).toBeLessThan(deadlineMs + graceMs);
    relay = next;
  }
  const streamed = await sending;
  const result = await exchange.finish({ messages: 50_000, requests: 500 });

  checkComplete(result);
  expect(streamed.received).toEqual(streamed.sent);
  expect(streamed.received.bytes).toBe(bytes);
  // It was under way all the time.
  expect(received.every((count, turn) => count > (received[turn - 1] ?? 0) && count < bytes)).toBe(true);
});
