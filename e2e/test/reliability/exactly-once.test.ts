import { connect, type Client } from "@peerloom/client";
import { afterEach, expect, test } from "vitest";
import { checkComplete, startExchange } from "../../support/exchange.ts";
import { startRelayProcess } from "../../support/process.ts";
import { startProxy } from "../../support/proxy.ts";

const clients: Client[] = [];
const minimum = { messages: 200_000, requests: 2000 };

async function client(url: string, clientId: string): Promise<Client> {
  const made = await connect(url, { clientId });
  clients.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map((made) => made.close()));
});

test("a relay that is killed and restarted five times loses, doubles and reorders nothing", { timeout: 120_000 }, async () => {
  await using relay = await startRelayProcess();
  const exchange = startExchange(await client(relay.url, "alice"), await client(relay.url, "bob"));

  const live: number[] = [];
  for (let kills = 0; kills < 5; kills++) {
    await exchange.flowing(5000);
    live.push(exchange.progress);
    await relay.restart();
  }
  const result = await exchange.finish(minimum);

  checkComplete(result);
  expect(live.every((progress, index) => progress > (live[index - 1] ?? 0))).toBe(true);
  expect(result.sides.every((side) => side.sent > (live.at(-1) ?? Infinity))).toBe(true);
});

test("a proxy that cuts the connections a hundred times loses, doubles and reorders nothing", { timeout: 180_000 }, async () => {
  await using relay = await startRelayProcess();
  await using near = await startProxy(relay.port);
  await using far = await startProxy(relay.port);
  const exchange = startExchange(await client(near.url, "alice"), await client(far.url, "bob"));

  for (let cuts = 0; cuts < 100;) {
    await exchange.flowing(1 + Math.floor(Math.random() * 2000));
    // A client that is still on its way back has nothing to be cut.
    if ((Math.random() < 0.5 ? near : far).cut()) cuts += 1;
  }
  const result = await exchange.finish(minimum);

  checkComplete(result);
  expect(near.connections + far.connections).toBeGreaterThanOrEqual(102);
});

test("a relay that loses one packet in two hundred without a word loses, doubles and reorders nothing", { timeout: 120_000 }, async () => {
  await using relay = await startRelayProcess({ dropRate: 0.005 });
  const alice = await client(relay.url, "alice");
  const exchange = startExchange(alice, await client(relay.url, "bob"));

  const result = await exchange.finish(minimum);

  checkComplete(result);
  expect(await alice.remote("relay").emitWithAck("dropped")).toBeGreaterThan(0);
});

test("a path that goes black without closing is noticed and replaced, and nothing is lost", { timeout: 120_000 }, async () => {
  await using relay = await startRelayProcess({ pingIntervalMs: 500, pingTimeoutMs: 500 });
  await using proxy = await startProxy(relay.port);
  const exchange = startExchange(await client(proxy.url, "alice"), await client(relay.url, "bob"));

  for (let times = 0; times < 3; times++) {
    await exchange.flowing(5000);
    proxy.goBlack();
  }
  await exchange.flowing(5000);
  const result = await exchange.finish(minimum);

  checkComplete(result);
  expect(proxy.connections).toBeGreaterThanOrEqual(4);
});

test("an idle sender's last packet arrives though the receiver's connection died with it", { timeout: 60_000 }, async () => {
  await using relay = await startRelayProcess({ pingIntervalMs: 500, pingTimeoutMs: 500 });
  await using proxy = await startProxy(relay.port);
  const alice = await client(relay.url, "alice");
  const bob = await client(proxy.url, "bob");
  const { promise: last, resolve } = Promise.withResolvers<unknown>();
  bob.onAny("hello", () => "hi");
  bob.onAny("last", resolve);
  await alice.remote("bob").emitWithAck("hello");

  proxy.goBlack();
  alice.remote("bob").emit("last", "words");

  expect(await last).toBe("words");
});
