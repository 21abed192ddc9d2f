import { rtc } from "@peerloom/rtc-node";
import { describe, expect, test } from "vitest";
import { takes, twoClients } from "./support.ts";

describe.each(["node-datachannel", "werift"] as const)("with %s", (backend) => {
  test("both sides may begin at the same moment: one link comes of it", async () => {
    await using world = await twoClients({ policy: "manual" }, backend);
    const { alice, bob, network } = world;

    await Promise.all([alice.remote("bob").goDirect(), bob.remote("alice").goDirect()]);

    expect([alice.remote("bob").path, bob.remote("alice").path, network.made.length]).toEqual(["direct", "direct", 2]);
  });

  test("a megabyte and a thousand messages pass in both directions", async () => {
    await using world = await twoClients({ policy: "manual" }, backend);
    const { alice, bob } = world;
    const numbers: number[] = [];
    const bytes = crypto.getRandomValues(new Uint8Array(65_536));
    bob.onAny("number", (n: number) => void numbers.push(n));
    alice.onAny("echo", (value: unknown) => value);
    bob.onAny("echo", (value: unknown) => value);
    await alice.remote("bob").goDirect();

    for (let n = 0; n < 1000; n++) alice.remote("bob").emit("number", n);
    const echoes = await Promise.all(
      Array.from({ length: 16 }, (_, n) => (n % 2 === 0 ? alice.remote("bob") : bob.remote("alice")).emitWithAck("echo", bytes)),
    );

    expect(numbers).toEqual(Array.from({ length: 1000 }, (_, n) => n));
    for (const echo of echoes) expect(echo).toEqual(bytes);
    expect(alice.remote("bob").bytes.direct.received).toBeGreaterThan(500_000);
  });
});

test.each(["node-datachannel", "werift"] as const)("two implementations carry each other's packets, %s leading", async (leader) => {
  const follower = leader === "werift" ? "node-datachannel" : "werift";
  await using world = await twoClients({ policy: "manual", rtc: await rtc({ use: leader }) }, leader, {
    rtc: await rtc({ use: follower }),
  });
  const { alice, bob } = world;
  for (const client of [alice, bob]) client.onAny("echo", (value: unknown) => value);
  const values = [0, 10, 21_000, 22_000, 65_536, 100_000, 300_000].flatMap((size) => [
    "€".repeat(size / 3),
    new Uint8Array(size).fill(size % 251),
  ]);

  await alice.remote("bob").goDirect();
  const echoes = await Promise.all(
    values.map((value, n) => (n % 2 === 0 ? alice.remote("bob") : bob.remote("alice")).emitWithAck("echo", value)),
  );

  expect(echoes).toEqual(values);
  expect(alice.remote("bob").bytes.direct.sent).toBeGreaterThan(500_000);
});

test("with the policy manual nothing is made before somebody asks", async () => {
  await using world = await twoClients({ policy: "manual" });
  const { alice, bob, network } = world;
  bob.onAny("hello", () => "hi");

  await alice.remote("bob").emitWithAck("hello");
  await alice.remote("bob").emitWithAck("hello", new Uint8Array(200_000));

  expect([alice.remote("bob").path, network.made.length]).toEqual(["relay", 0]);
});

test("with the policy eager the first message is enough", async () => {
  await using world = await twoClients({ policy: "eager" });

  world.alice.remote("bob").emit("hello");
  await takes(world.alice, "bob", "direct");

  expect(world.alice.remote("bob").path).toBe("direct");
});

test("with the policy auto many bytes in one direction are enough", async () => {
  await using world = await twoClients();

  world.alice.remote("bob").emit("much", new Uint8Array(100_000));
  await takes(world.alice, "bob", "direct");

  expect(world.alice.remote("bob").path).toBe("direct");
});

test.each(["alice", "bob"])("a client whose policy is never is not asked twice (%s asks)", async (asker) => {
  await using world = await twoClients({ policy: asker === "alice" ? "auto" : "never" }, "node-datachannel", {
    policy: asker === "alice" ? "never" : "auto",
  });
  const [one, other] = asker === "alice" ? ([world.alice, "bob"] as const) : ([world.bob, "alice"] as const);
  for (const client of [world.alice, world.bob]) client.onAny("hello", () => "hi");

  await one.remote(other).emitWithAck("hello");
  await expect(one.remote(other).goDirect()).rejects.toMatchObject({ code: "NO_DIRECT" });

  expect([one.remote(other).path, world.network.made.length]).toEqual(["relay", 0]);
});

test.each([
  ["says no", () => false],
  [
    "throws",
    () => {
      throw new Error("no idea");
    },
  ],
])("a client whose hook %s takes part in no link", async (_what, accepts) => {
  await using world = await twoClients({ policy: "manual" }, "node-datachannel", { accepts });

  await expect(world.alice.remote("bob").goDirect()).rejects.toMatchObject({ code: "NO_DIRECT" });

  expect(world.network.made).toEqual([]);
});

test("a client without direct paths says so, and goDirect with it ends in NO_DIRECT", async () => {
  await using world = await twoClients();
  await world.join("carol", {}, { direct: undefined as never });

  await expect(world.alice.remote("carol").goDirect()).rejects.toMatchObject({ code: "NO_DIRECT" });
  await expect(world.alice.remote("alice").goDirect()).rejects.toMatchObject({ code: "NO_DIRECT" });
  await expect(world.alice.remote("nobody").goDirect()).rejects.toMatchObject({ code: "PEER_NOT_FOUND" });
});

test("goRelay goes back, and nobody makes another path before it is asked for", async () => {
  await using world = await twoClients();
  const { alice, bob } = world;
  bob.onAny("hello", () => "hi");
  await alice.remote("bob").emitWithAck("hello");
  await Promise.all([takes(alice, "bob", "direct"), takes(bob, "alice", "direct")]);

  alice.remote("bob").goRelay();
  await takes(bob, "alice", "relay");
  // Longer than a retry would take.
  for (const until = performance.now() + 500; performance.now() < until;) await alice.remote("bob").emitWithAck("hello");
  expect([alice.remote("bob").path, bob.remote("alice").path]).toEqual(["relay", "relay"]);

  await bob.remote("alice").goDirect();
  expect(bob.remote("alice").path).toBe("direct");
});

test("the peer used least goes back to the relay when there are too many", async () => {
  await using world = await twoClients({ policy: "manual", maxPeers: 2 });
  const { alice, bob } = world;
  const [carol, dave] = [await world.join("carol", { maxPeers: 9 }), await world.join("dave", { maxPeers: 9 })];
  for (const client of [bob, carol, dave]) client.onAny("echo", (value: unknown) => value);
  await alice.remote("bob").goDirect();
  await alice.remote("carol").goDirect();
  await alice.remote("bob").emitWithAck("echo", new Uint8Array(100_000));

  await alice.remote("dave").goDirect();
  await takes(carol, "alice", "relay");

  expect(["bob", "carol", "dave"].map((id) => alice.remote(id).path)).toEqual(["direct", "relay", "direct"]);
  expect(await alice.remote("carol").emitWithAck("echo", 1)).toBe(1);
});

test("a caller that no longer waits is told so", async () => {
  await using world = await twoClients({ policy: "manual", iceTransportPolicy: "relay" });
  const signal = AbortSignal.timeout(50);

  await expect(world.alice.remote("bob").goDirect({ signal })).rejects.toMatchObject({ code: "ABORTED" });
  await expect(world.alice.remote("bob").goDirect({ timeoutMs: 50 })).rejects.toMatchObject({ code: "TIMEOUT" });
});

test("what is no message about a direct path is refused, and the session goes on", async () => {
  await using world = await twoClients({ policy: "manual" });
  const { alice, bob } = world;
  bob.onAny("hello", () => "hi");
  await alice.remote("bob").goDirect();

  for (const name of ["peerloom:direct", "peerloom:other"]) expect(() => alice.remote("bob").emit(name)).toThrow(TypeError);

  expect(await alice.remote("bob").emitWithAck("hello")).toBe("hi");
});
