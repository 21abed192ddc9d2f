import { nodeDatachannelRtc } from "@peerloom/rtc-node/node-datachannel";
import { expect, test } from "vitest";
import { meet, next, World } from "./support/peers.ts";

test.each([
  ["alice", "bob"],
  ["bob", "alice"],
])("a channel of %s above the number that %s takes is closed for its opener, too", async (opener, other) => {
  await using world = new World(nodeDatachannelRtc());
  const [one, two] = [world.peer(opener), world.peer(other, { maxChannels: 1 })];
  one.open("first");
  const opened = next(two, "channel:open");
  await meet([one, two]);
  await opened;

  const closed = next(one, "channel:close");
  one.open("second");
  const sent = one.send("second", "to nobody");
  await expect(sent).rejects.toMatchObject({ code: "CLOSED" });
  await closed;

  expect(two.channel(opener, "second")).toBeUndefined();
  expect(two.dropped).toBe(1);
  expect(await one.send("first", "x")).toEqual({ delivered: [other], failed: [] });
});

test.each([
  ["alice", "bob"],
  ["bob", "alice"],
])("a channel that %s closes as it hears of it is not opened to %s", async (opener, other) => {
  await using world = new World(nodeDatachannelRtc());
  const [one, two] = [world.peer(opener), world.peer(other)];
  one.on("channel:new", ({ label, channel }) => label !== "last" && void channel.close());
  const heard: string[] = [];
  two.on("channel:new", ({ label }) => void heard.push(label));
  one.open("early");
  await meet([one, two]);
  one.open("later");
  const opened = next(two, "channel:open");
  one.open("last");
  await opened;

  expect(heard).toEqual(["last"]);
  expect(two.dropped).toBe(0);
});
