import { nodeDatachannelRtc } from "@peerloom/rtc-node/node-datachannel";
import { expect, test } from "vitest";
import { takes, twoClients, type World } from "./support.ts";

/** A world in which a test can send by bob's end of each packet channel what it likes. */
async function hostileBob(): Promise<World & { readonly say: (data: string | Uint8Array<ArrayBuffer>) => void }> {
  const channels: RTCDataChannel[] = [];
  const rtc = nodeDatachannelRtc();
  class Connection extends rtc.RTCPeerConnection {
    override createDataChannel(label: string, options?: RTCDataChannelInit): RTCDataChannel {
      const channel = super.createDataChannel(label, options);
      if (label === "peerloom-packets") channels.push(channel);
      return channel;
    }
  }
  const world = await twoClients({}, "node-datachannel", { rtc: { ...rtc, RTCPeerConnection: Connection } });
  for (const client of [world.alice, world.bob]) client.onAny("hello", () => "hi");
  await world.alice.remote("bob").emitWithAck("hello");
  await Promise.all([takes(world.alice, "bob", "direct"), takes(world.bob, "alice", "direct")]);
  return { ...world, say: (data) => channels.at(-1)?.send(data as string) };
}

test.each([
  ["bytes that are no packet", Uint8Array.of(7, 7, 7)],
  ["a packet longer than it says", Uint8Array.of(0, 0, 0, 0, 0, 1, 65, 66)],
])("%s cost the link, and nothing else", async (_what, bytes) => {
  await using world = await hostileBob();
  const gone: unknown[] = [];
  world.alice.onGone((event) => gone.push(event));

  const left = takes(world.alice, "bob", "relay");
  world.say(bytes);
  await left;
  expect(await world.alice.remote("bob").emitWithAck("hello")).toBe("hi");
  await takes(world.alice, "bob", "direct");

  expect(await world.alice.remote("bob").emitWithAck("hello")).toBe("hi");
  expect(gone).toEqual([]);
});

test("a text that is no packet ends the session with PROTOCOL_ERROR, as it does over the relay, and others do not notice", async () => {
  await using world = await hostileBob();
  const carol = await world.join("carol");
  carol.onAny("hello", () => "hi");
  const gone = new Promise((resolve) => world.alice.onGone(resolve));

  world.say("no packet");

  expect(await gone).toMatchObject({ id: "bob", error: { code: "PROTOCOL_ERROR" } });
  expect(await world.alice.remote("carol").emitWithAck("hello")).toBe("hi");
  expect(await world.alice.remote("bob").emitWithAck("hello")).toBe("hi");
});

test("a packet for another session comes to nothing", async () => {
  await using world = await hostileBob();
  const heard: unknown[] = [];
  world.alice.onAny("x", (...args: unknown[]) => void heard.push(args));

  world.say('[1,"mallory-instance.1","",0,0,0,[0,"x",["forged"]]]');
  world.say('[1,"mallory-instance.1","",0,0,{"x":"PEER_LOST"}]');

  expect(await world.alice.remote("bob").emitWithAck("hello")).toBe("hi");
  expect([heard, world.alice.remote("bob").path]).toEqual([[], "direct"]);
});
