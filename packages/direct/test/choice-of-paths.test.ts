import { rtc } from "@peerloom/rtc-node";
import { expect, test } from "vitest";
import { CuttablePath } from "../../../tools/lib/udp-cut.ts";
import { takes, twoClients } from "./support.ts";

test("a direct path that is far slower than the relay is left alone, until it is fast", { timeout: 30_000 }, async () => {
  await using network = new CuttablePath();
  await using world = await twoClients({ rtc: network.through(await rtc({ use: "node-datachannel" })) });
  const { alice, bob } = world;
  const paths: string[] = [];
  for (const client of [alice, bob]) client.on("path", ({ path }) => paths.push(path));
  bob.onAny("hello", () => "hi");
  network.delayMs = 300;

  await alice.remote("bob").emitWithAck("hello");
  // As long as a link takes to come up this way, with its measure.
  for (const until = performance.now() + 6000; performance.now() < until;) await alice.remote("bob").emitWithAck("hello");
  expect(paths).toEqual([]);

  network.delayMs = 0;
  await Promise.all([takes(alice, "bob", "direct"), takes(bob, "alice", "direct")]);
  expect(await alice.remote("bob").emitWithAck("hello")).toBe("hi");
});

test(
  "a slow direct path is better than none: it is taken when the relay is lost, and when it is asked for",
  { timeout: 30_000 },
  async () => {
    await using network = new CuttablePath();
    await using world = await twoClients({ rtc: network.through(await rtc({ use: "node-datachannel" })) });
    const { alice, bob } = world;
    for (const client of [alice, bob]) client.onAny("hello", () => "hi");
    network.delayMs = 150;

    await alice.remote("bob").emitWithAck("hello");
    await alice.remote("bob").goDirect();
    expect(await alice.remote("bob").emitWithAck("hello")).toBe("hi");
    await takes(bob, "alice", "direct");
    await world.killRelay();

    expect(await bob.remote("alice").emitWithAck("hello")).toBe("hi");
  },
);
