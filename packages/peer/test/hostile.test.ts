import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { RtcBackend } from "@peerloom/core";
import { randomFrom } from "@peerloom/core/testing";
import { nodeDatachannelRtc } from "@peerloom/rtc-node/node-datachannel";
import { wrtcRtc } from "@peerloom/rtc-node/wrtc";
import { createSignaler, encodeSignal, type Driver } from "@peerloom/signaling";
import { memoryDriver } from "@peerloom/signaling/memory";
import { describe, expect, test } from "vitest";
import { encodeControl } from "../src/pair/control.ts";
import { meet, next, World } from "./support/peers.ts";

setFlagsFromString("--expose_gc");
const collect = runInNewContext("gc") as () => void;

/** Megabytes in use after all garbage is gone. */
function usedMb(): number {
  collect();
  return process.memoryUsage().heapUsed / 1_048_576;
}

/** A backend that hands out the control channels it makes, to speak on them out of turn. */
function tapped(rtc: RtcBackend): { rtc: RtcBackend; channels: RTCDataChannel[] } {
  const channels: RTCDataChannel[] = [];
  class Connection extends rtc.RTCPeerConnection {
    override createDataChannel(label: string, init?: RTCDataChannelInit): RTCDataChannel {
      const channel = super.createDataChannel(label, init);
      if (init?.negotiated) channels.push(channel);
      return channel;
    }
  }
  return { rtc: { ...rtc, RTCPeerConnection: Connection }, channels };
}

const junk = [
  encodeControl({ type: "offer", offer: 1, sdp: "v=0\r\n", streams: [] }),
  encodeControl({ type: "answer", offer: 9, sdp: "v=0" }),
  encodeControl({ type: "turn", what: "ask" }),
  encodeControl({ type: "candidates", candidates: [{ candidate: "candidate:nonsense", sdpMid: "9" }] }),
  encodeControl({ type: "streams", streams: [{ label: "x", tracks: [{ id: "t", kind: "audio", mid: "7", isMuted: false }] }] }),
  encodeControl({ type: "channel", id: "a1", label: "chat" }),
];

/** Waits, when much waits on a channel, until little does. */
async function room(channel: RTCDataChannel): Promise<void> {
  if (channel.bufferedAmount <= 100_000) return;
  channel.bufferedAmountLowThreshold = 50_000;
  await new Promise((resolve) => channel.addEventListener("bufferedamountlow", resolve, { once: true }));
}

describe("a hundred thousand malformed messages", { timeout: 60_000 }, () => {
  test("by the driver are dropped, counted and reported, nothing is thrown, and memory stays flat", async () => {
    await using world = new World(wrtcRtc());
    const [alice, bob] = [world.peer("alice"), world.peer("bob")];
    await meet([alice, bob]);
    await using driver = memoryDriver(world.hub);
    const random = randomFrom(1);
    const genuine = await (await createSignaler({ room: "room", id: "mallory" })).announce();
    let reported = 0;
    alice.on("error", () => void (reported += 1));
    world.errors.length = 0;
    const before = usedMb();
    const count = 50_000;
    for (let n = 0; n < count; n++) {
      const bytes = new Uint8Array(n % 2 === 0 ? genuine : encodeSignal({ type: "offer", sdp: "v=0" }));
      // Never the version alone: that would be another version's message.
      for (let flips = 0; flips < 3; flips++) bytes[1 + Math.floor(random() * (bytes.length - 1))] = Math.floor(random() * 256);
      await driver.publish(n % 3 === 0 ? ["room"] : ["room", "alice"], bytes);
      if (n % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await new Promise((resolve) => setImmediate(resolve));
    world.errors.length = 0;
    world.log.length = 0;

    expect(alice.dropped).toBeGreaterThan(count * 0.6);
    expect(reported).toBeGreaterThanOrEqual(alice.dropped);
    expect(usedMb() - before).toBeLessThan(16);
    expect(alice.remotes.find(({ id }) => id === "bob")?.state).toBe("connected");
  });

  test("on the control channel are dropped, counted and reported, and the pair works on", async () => {
    const { rtc, channels } = tapped(nodeDatachannelRtc());
    await using world = new World(rtc);
    const [alice, bob] = [world.peer("alice"), world.peer("bob")];
    await meet([alice, bob]);
    const [, evil] = channels as [RTCDataChannel, RTCDataChannel];
    const random = randomFrom(2);
    const before = usedMb();
    const count = 50_000;
    for (let n = 0; n < count; n++) {
      const text = junk[n % junk.length] ?? "";
      const at = 1 + Math.floor(random() * (text.length - 1));
      if (n % 5 === 0) evil.send(new Uint8Array(20));
      else evil.send(`${n % 7 === 0 ? "" : "."}${text.slice(0, at)}${n % 3 === 0 ? '"' : "}"}${text.slice(at)}`);
      await room(evil);
    }
    const opened = next(alice, "channel:open");
    bob.open("still here");
    await opened;
    world.errors.length = 0;
    world.log.length = 0;

    expect(alice.dropped).toBeGreaterThan(count * 0.9);
    expect(usedMb() - before).toBeLessThan(16);
    expect(await bob.send("still here", "yes")).toEqual({ delivered: ["alice"], failed: [] });
  });

  test("of the right form and the wrong content change nothing, and what waits is bounded", async () => {
    const { rtc, channels } = tapped(nodeDatachannelRtc());
    await using world = new World(rtc);
    const [alice, bob] = [world.peer("alice", { maxChannels: 4 }), world.peer("bob")];
    await meet([alice, bob]);
    const [, evil] = channels as [RTCDataChannel, RTCDataChannel];
    const before = usedMb();
    for (let n = 0; n < 6000; n++) {
      evil.send(`.${junk[n % junk.length] ?? ""}`);
      evil.send(`.${encodeControl({ type: "channel", id: `b${n + 1}`, label: `flood ${n}` })}`);
      await room(evil);
    }
    const changed = next(alice, "metadata");
    evil.send(`.${encodeControl({ type: "metadata", metadata: "last" })}`);
    await changed;
    world.errors.length = 0;

    expect(world.said("alice").filter((line) => line.startsWith("channel:new"))).toHaveLength(4);
    world.log.length = 0;
    expect(alice.dropped).toBeGreaterThan(1000);
    expect(usedMb() - before).toBeLessThan(16);
    expect(alice.remotes[0]?.state).toBe("connected");
  });
});

describe("forgery", () => {
  /** Changes bytes of what is published to one peer. */
  function tampering(driver: Driver, isTarget: (bytes: Uint8Array) => boolean, change: (bytes: Uint8Array) => Uint8Array): Driver {
    const publish = driver.publish.bind(driver);
    driver.publish = (namespace, bytes) => publish(namespace, namespace.length === 2 && isTarget(bytes) ? change(bytes) : bytes);
    return driver;
  }

  test("a description that was changed on the way is refused, and no connection comes of it", async () => {
    await using world = new World(wrtcRtc());
    const driver = tampering(
      memoryDriver(world.hub),
      (bytes) => bytes.length > 600,
      (bytes) => {
        const changed = new Uint8Array(bytes);
        changed[bytes.length - 100] = (changed[bytes.length - 100] ?? 0) ^ 1;
        return changed;
      },
    );
    const [alice, bob] = [world.peer("alice", { isSealed: true, driver, connectTimeoutMs: 500 }), world.peer("bob", { isSealed: true })];
    await alice.join();
    const refused = next(bob, "error");
    const failed = next(alice, "connection:failed");
    await bob.join();

    expect((await refused).error).toMatchObject({ code: "FORGED" });
    await failed;
    expect(bob.dropped).toBeGreaterThan(0);
    expect(bob.remotes).toEqual([]);
  });

  test("a peer that does not seal is not heard by those that do", async () => {
    await using world = new World(wrtcRtc());
    const [alice, bob] = [world.peer("alice", { isSealed: true }), world.peer("bob", { isSealed: false })];
    await alice.join();
    const refused = next(alice, "error");
    await bob.join();

    expect((await refused).error).toMatchObject({ code: "PROTOCOL_MISMATCH" });
    expect(alice.remotes).toEqual([]);
  });

  test("an id made of a key is its bearer's alone", async () => {
    await using world = new World(wrtcRtc());
    const [alice, bob, carol] = ["", "", ""].map(() => world.peer("x", { isSealed: true, id: undefined as never })) as [
      ReturnType<World["peer"]>,
      ReturnType<World["peer"]>,
      ReturnType<World["peer"]>,
    ];
    await meet([alice, bob]);
    expect(alice.id).toMatch(/^pk-/);

    const thief = world.peer(bob.id, { isSealed: true });
    const refused = next(alice, "error");
    await thief.join("room");
    expect((await refused).error).toMatchObject({ code: "FORGED" });
    expect(alice.remotes.map(({ state }) => state)).toEqual(["connected"]);
    expect(carol.remotes).toEqual([]);
  });
});
