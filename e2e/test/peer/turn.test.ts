import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startNatWorld } from "../../support/nat-world.ts";
import type { NatWorld } from "../../support/nat-world.ts";
import { RoomHub, startRoomPeer } from "../../support/room-process.ts";
import type { RoomProcess } from "../../support/room-process.ts";

let world: NatWorld;

beforeAll(async () => {
  world = await startNatWorld();
});
afterAll(() => world?.[Symbol.asyncDispose]());

const homes = (backend: string, options: object): [RoomProcess, RoomProcess] => {
  const hub = new RoomHub();
  const start = (id: string, home: string): RoomProcess => startRoomPeer(hub, backend, { id, ...options }, home);
  return [start("left", world.homes[0]), start("right", world.homes[1])];
};

const backends = ["werift", "node-datachannel", "wrtc"];

describe.each(backends)("peers on %s in two homes behind NATs", (backend) => {
  test.each(["all", "relay"])("connect through the TURN server, and say so (%s)", async (iceTransportPolicy) => {
    const both = homes(backend, { iceServers: [world.turn], iceTransportPolicy });
    await using _left = both[0];
    await using _right = both[1];

    const paths = await Promise.all(both.map(({ end }) => end.until("path")));
    const sizes = await Promise.all(both.map(({ end }) => end.until("got", 1024 * 1024)));

    expect(paths.map(({ detail }) => detail)).toEqual(["relay", "relay"]);
    expect(sizes).toHaveLength(2);
  });
});

describe.concurrent.each(backends)("peers on %s in two homes behind NATs", (backend) => {
  test("fail with TIMEOUT in the stated time when the TURN server is out of reach", async ({ expect }) => {
    const connectTimeoutMs = 3000;
    const both = homes(backend, { iceServers: [world.deadTurn], connectTimeoutMs });
    await using _left = both[0];
    await using _right = both[1];

    const begun = await Promise.all(both.map(({ end }) => end.until("connecting")));
    const failed = await Promise.all(both.map(({ end }) => end.until("error")));
    const waitedMs = failed.map(({ at }, index) => at - (begun[index]?.at ?? 0));

    expect(failed.map(({ detail }) => detail)).toEqual(["TIMEOUT", "TIMEOUT"]);
    for (const ms of waitedMs) expect(ms).toBeGreaterThanOrEqual(connectTimeoutMs - 50);
    for (const ms of waitedMs) expect(ms).toBeLessThan(connectTimeoutMs + 1500);
  });
});
