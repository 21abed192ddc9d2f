import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startNatWorld } from "../../support/nat-world.ts";
import type { NatWorld } from "../../support/nat-world.ts";
import { startRtcPair } from "../../support/rtc-process.ts";

let world: NatWorld;

beforeAll(async () => {
  world = await startNatWorld();
});
afterAll(() => world?.[Symbol.asyncDispose]());

describe.each(["werift", "node-datachannel", "wrtc"])("%s between two homes behind NATs", (backend) => {
  test("connects through the TURN server, and its statistics say so", async () => {
    await using two = startRtcPair(backend, { iceServers: [world.turn], iceTransportPolicy: "all" }, world.homes);

    const paths = await Promise.all([two.left.path, two.right.path]);

    for (const { local, remote } of paths) expect([local, remote]).toContain("relay");
  });

  test("uses nothing but relayed candidates when it is told to", async () => {
    await using two = startRtcPair(backend, { iceServers: [world.turn], iceTransportPolicy: "relay" }, world.homes);

    const { local } = await two.left.path;

    expect(local).toBe("relay");
  });
});
