import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { collectMetrics } from "../src/metrics.ts";
import { connect, refusal, startRelay } from "./support.ts";

/** The lines of metrics that begin with `name`. */
async function read(registry: Registry, name: string): Promise<string[]> {
  return (await registry.metrics()).split("\n").filter((line) => line.startsWith(name));
}

test("metrics tell what a relay holds, has forwarded and has refused", async () => {
  await using server = await startRelay({ limits: { clients: 2 }, authenticate: () => ({}) });
  const registry = new Registry();
  collectMetrics(server.relay, registry);
  using alice = await connect(server.url, "alice");
  using bob = await connect(server.url, "bob");
  await refusal(server.url, { clientId: "carol" });
  await alice.ok({ type: "join", room: "lobby", head: 0 });

  alice.packet("bob", 0, "hello");
  await bob.next("p");
  for (let serial = 1; serial < 128; serial++) alice.packet("nobody", serial, "hello");
  await alice.settled();

  expect(await read(registry, "peerloom_clients")).toEqual([`peerloom_clients{state="here"} 2`, `peerloom_clients{state="away"} 0`]);
  expect(await read(registry, "peerloom_rooms")).toEqual(["peerloom_rooms 1"]);
  expect([...(await read(registry, "peerloom_packets_total")), ...(await read(registry, "peerloom_packet_bytes"))]).toEqual([
    "peerloom_packets_total 1",
    "peerloom_packet_bytes_total 5",
  ]);
  expect(await read(registry, "peerloom_refused_total")).toEqual([
    `peerloom_refused_total{code="LIMIT"} 1`,
    `peerloom_refused_total{code="PEER_NOT_FOUND"} 127`,
  ]);
  expect(await read(registry, "peerloom_queued_bytes")).toEqual(["peerloom_queued_bytes 0"]);
  expect(await read(registry, "peerloom_forward_seconds_count")).toEqual(["peerloom_forward_seconds_count 2"]);
  expect(await read(registry, "peerloom_authenticate_seconds_count")).toEqual(["peerloom_authenticate_seconds_count 3"]);
});

test("what waits for a client that does not read is told", async () => {
  await using server = await startRelay();
  const registry = new Registry();
  collectMetrics(server.relay, registry);
  using alice = await connect(server.url, "alice");
  using slow = await connect(server.url, "slow");

  slow.raw.pause();
  for (let serial = 0; serial < 1000; serial++) alice.packet("slow", serial, "x".repeat(16_000));
  await alice.next("u", (_to: string, code: string) => code === "BUSY");
  const [congested, queued, longest] = await Promise.all(
    ["congested_clients", "queued_bytes", "longest_queue_bytes"].map((name) => read(registry, `peerloom_${name}`)),
  );

  expect(congested).toEqual(["peerloom_congested_clients 1"]);
  expect(Number(queued?.[0]?.split(" ")[1])).toBeGreaterThan(1_000_000);
  expect(longest?.[0]?.split(" ")[1]).toBe(queued?.[0]?.split(" ")[1]);
});
