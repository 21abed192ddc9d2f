import { rtc } from "@peerloom/rtc-node";
import { expect, test, vi } from "vitest";
import { BreakableRtc } from "../../../tools/lib/breakable-rtc.ts";
import { CuttablePath } from "../../../tools/lib/udp-cut.ts";
import { takes, twoClients, type World } from "./support.ts";

// Silence takes seconds to be one.
vi.setConfig({ testTimeout: 30_000 });

async function goDirect({ alice, bob }: World): Promise<void> {
  for (const client of [alice, bob]) client.onAny("hello", () => "hi");
  await alice.remote("bob").emitWithAck("hello");
  await Promise.all([takes(alice, "bob", "direct"), takes(bob, "alice", "direct")]);
}

test("with the relay killed a pair goes on talking, and when it is back they meet there again without a break", async () => {
  await using world = await twoClients();
  const { alice, bob, network } = world;
  const gone: unknown[] = [];
  for (const client of [alice, bob]) client.onGone((event) => gone.push(event));
  await goDirect(world);

  await world.killRelay();
  for (let n = 0; n < 100; n++) expect(await alice.remote("bob").emitWithAck("hello")).toBe("hi");
  expect([alice.state === "online", alice.remote("bob").path]).toEqual([false, "direct"]);

  const back = [alice, bob].map(
    (client) => new Promise<void>((resolve) => client.on("state", ({ state }) => state === "online" && resolve())),
  );
  await world.restartRelay();
  await Promise.all(back);
  expect(await bob.remote("alice").emitWithAck("hello")).toBe("hi");
  network.breakAll();
  expect(await alice.remote("bob").emitWithAck("hello")).toBe("hi");

  expect(gone).toEqual([]);
});

test.each(["node-datachannel", "werift"] as const)(
  "a path that falls silent is left within three seconds, and taken again when it is back (%s)",
  async (backend) => {
    await using cut = new CuttablePath();
    await using world = await twoClients({ rtc: cut.through(await rtc({ use: backend })) }, backend);
    const { alice, bob } = world;
    await goDirect(world);

    cut.isCut = true;
    const begin = performance.now();
    expect(await Promise.all([alice.remote("bob").emitWithAck("hello"), bob.remote("alice").emitWithAck("hello")])).toEqual(["hi", "hi"]);
    expect(performance.now() - begin).toBeLessThan(3000);
    expect([alice.remote("bob").path, bob.remote("alice").path]).toContain("relay");
    await Promise.all([takes(alice, "bob", "relay"), takes(bob, "alice", "relay")]);

    cut.isCut = false;
    await Promise.all([takes(alice, "bob", "direct"), takes(bob, "alice", "direct")]);
    expect(await alice.remote("bob").emitWithAck("hello")).toBe("hi");
  },
);

test("where no path can be found everything goes over the relay", async () => {
  await using cut = new CuttablePath();
  cut.isCut = true;
  await using world = await twoClients({ rtc: cut.through(await rtc({ use: "node-datachannel" })) });
  const { alice, bob } = world;
  bob.onAny("echo", (value: unknown) => value);

  const bytes = new Uint8Array(300_000).fill(7);
  expect(await alice.remote("bob").emitWithAck("echo", bytes)).toEqual(bytes);
  await expect(alice.remote("bob").goDirect({ timeoutMs: 2000 })).rejects.toMatchObject({ code: "TIMEOUT" });

  expect(alice.remote("bob").path).toBe("relay");
  expect(await alice.remote("bob").emitWithAck("echo", bytes)).toEqual(bytes);
});

test("a client that closes is gone at once for a peer with a direct path", async () => {
  await using world = await twoClients();
  const { alice, bob } = world;
  await goDirect(world);
  const gone = new Promise((resolve) => alice.onGone(resolve));

  await bob.close();

  expect(await gone).toMatchObject({ id: "bob", error: { code: "PEER_LOST" } });
});

test("what was sent before a client closes without a relay arrives by the direct path", async () => {
  await using world = await twoClients();
  const { alice, bob } = world;
  await goDirect(world);
  const numbers: number[] = [];
  alice.onAny("number", (n: number) => void numbers.push(n));

  await world.killRelay();
  for (let n = 0; n < 1000; n++) bob.remote("alice").emit("number", n);
  await bob.close();

  expect(numbers).toEqual(Array.from({ length: 1000 }, (_, n) => n));
});

test("servers that cannot be fetched are told, and tried again", async () => {
  let calls = 0;
  const iceServers = async (): Promise<[]> => {
    calls += 1;
    if (calls < 3) throw new Error("no credentials today");
    return [];
  };
  await using world = await twoClients({ policy: "manual", iceServers });
  const failures: string[] = [];
  for (const client of [world.alice, world.bob]) client.on("path-failed", ({ error }) => failures.push(String(error)));

  await world.alice.remote("bob").goDirect();

  expect(failures).toContain("Error: no credentials today");
});

test("a path that is cut in one direction is left by both sides", async () => {
  await using cut = new CuttablePath();
  const network = new BreakableRtc(cut.through(await rtc({ use: "node-datachannel" })));
  await using world = await twoClients({ rtc: network.rtc });
  const { alice, bob } = world;
  await goDirect(world);
  const [sdp = ""] = network.made.map(({ localDescription }) => localDescription?.sdp ?? "");

  for (const [, port] of sdp.matchAll(/UDP \d+ \S+ (\d+) typ/gi)) cut.deafPorts.add(Number(port));
  const begin = performance.now();
  expect(await Promise.all([alice.remote("bob").emitWithAck("hello"), bob.remote("alice").emitWithAck("hello")])).toEqual(["hi", "hi"]);

  expect(cut.deafPorts.size).toBeGreaterThan(0);
  expect(performance.now() - begin).toBeLessThan(3000);
  await Promise.all([takes(alice, "bob", "relay"), takes(bob, "alice", "relay")]);
});
