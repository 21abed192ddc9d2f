import { expect, test } from "vitest";
import { Inbox, reaches } from "./support/events.ts";
import { Proxy } from "./support/proxy.ts";
import { TestRelay } from "./support/relay.ts";

test("a subscription made while offline is asked for once, also where a hook takes its time", async () => {
  await using relay = await TestRelay.start({ authorize: (action) => action.type === "packet" || Promise.resolve(true) });
  await using proxy = await Proxy.start(relay.port);
  const [bob, alice] = [await relay.connect("bob"), await relay.connect("alice", { url: proxy.url })];
  await bob.provide("clock", { ping: () => "pong" }).ready;
  const topic = bob.createTopic("clock", "ticks");
  const heard = new Inbox<number>();
  proxy.shut();
  await reaches(alice, "offline");

  const listening = alice.subscribe("clock", "ticks", heard.push);
  proxy.open();
  const subscription = await listening;
  topic.publish(1);

  expect(await heard.take()).toBe(1);
  expect(subscription.state).toBe("live");
});
