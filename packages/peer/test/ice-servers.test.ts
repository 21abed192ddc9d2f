import { nodeDatachannelRtc } from "@peerloom/rtc-node/node-datachannel";
import { weriftRtc } from "@peerloom/rtc-node/werift";
import { expect, test, vi } from "vitest";
import { CuttablePath } from "../../../tools/lib/udp-cut.ts";
import type { IceServerSource } from "../src/index.ts";
import { meet, next, World } from "./support/peers.ts";

const stun = [{ urls: "stun:127.0.0.1:9" }];

test.each([nodeDatachannelRtc(), weriftRtc()])("on $name a function is asked for ICE servers at each connection", async (rtc) => {
  const iceServers = vi.fn<IceServerSource>(async () => stun);
  await using world = new World(rtc);
  const [alice, bob] = [world.peer("alice", { iceServers }), world.peer("bob")];

  await meet([alice, bob]);
  const first = iceServers.mock.calls.length;
  await bob.leave();
  await meet([alice, bob]);

  expect(first).toBe(1);
  expect(iceServers).toHaveBeenCalledTimes(2);
  expect(world.errors).toEqual([]);
});

test("a function is asked again before ICE restarts", { timeout: 60_000 }, async () => {
  await using path = new CuttablePath();
  await using world = new World(path.through(weriftRtc()));
  const iceServers = vi.fn<IceServerSource>(() => stun);
  const both = [world.peer("alice", { iceServers }), world.peer("bob", { iceServers })] as const;
  await meet(both);
  const before = iceServers.mock.calls.length;

  const lost = Promise.all(both.map((peer) => next(peer, "connection:disconnected")));
  const back = Promise.all(both.map((peer) => next(peer, "connection:connected")));
  path.isCut = true;
  await lost;
  await vi.waitUntil(() => iceServers.mock.calls.length > before, { timeout: 30_000 });
  path.isCut = false;
  await back;

  expect(world.errors).toEqual([]);
});

test("when the function fails the peers are told, and connect by what they have", async () => {
  await using world = new World(weriftRtc());
  const failed = new Error("no answer");
  const alice = world.peer("alice", {
    iceServers: () => {
      throw failed;
    },
  });
  const told = next(alice, "error");

  await meet([alice, world.peer("bob")]);

  expect((await told).error).toBe(failed);
});

test.each([
  ["alice", "bob"],
  ["bob", "alice"],
])("servers of %s that are none are told, whoever offers, and the pair is given up", async (wrong, other) => {
  await using world = new World(weriftRtc());
  const one = world.peer(wrong, { connectTimeoutMs: 300, iceServers: [{ urls: "nonsense" }] });
  const peers = wrong === "alice" ? [one, world.peer(other)] : [world.peer(other), one];
  const end = next(one, "connection:closed");
  for (const peer of peers) await peer.join();
  await end;

  expect(world.said(wrong).filter((line) => line.includes("nonsense"))).toHaveLength(1);
  expect(world.said(wrong).filter((line) => line.startsWith("connection"))).toEqual(
    ["new", "connecting", "failed", "closed"].map((state) => `connection:${state} ${other}`),
  );
});
