import { expect, test } from "vitest";
import { instance, join, nextEvent, startRelay } from "./support.ts";

test("a census tells who is here, and what there is", async () => {
  await using server = await startRelay();
  const { relay } = server;
  relay.provide("math", { one: () => 1 });
  relay.createTopic("math", "primes");
  const [alice] = await join(server.url, { clientId: "alice", instance: instance(), metadata: { mood: "fine" } });
  using _alice = alice;
  await alice.ok({ type: "join", room: "lobby", head: 0 });
  await alice.ok({ type: "subscribe", service: "math", topic: "primes" });
  await alice.ok({ type: "paths", direct: 2, relayed: 1 });

  expect(relay.census()).toEqual({
    clients: [
      {
        id: "alice",
        state: "here",
        metadata: { mood: "fine" },
        address: "127.0.0.1",
        rooms: 1,
        services: 0,
        subscriptions: 1,
        paths: { direct: 2, relayed: 1 },
      },
    ],
    rooms: [{ name: "lobby", members: 1 }],
    services: [{ name: "math", providers: 1 }],
    topics: [{ service: "math", topic: "primes", publishers: 1, subscribers: 1 }],
  });
});

test("a census keeps to its limit, and counts those that are away", async () => {
  await using server = await startRelay();
  const [alice] = await join(server.url, { clientId: "alice", instance: instance() });
  const [bob] = await join(server.url, { clientId: "bob", instance: instance() });
  using _bob = bob;
  const away = nextEvent(server.relay, "away");

  alice.cut();
  await away;

  expect(server.relay.census(1).clients).toMatchObject([{ id: "alice", state: "away", address: undefined }]);
  expect(server.relay.census().clients.map(({ id }) => id)).toEqual(["alice", "bob"]);
});

test("a relay that was closed has nobody in its census", async () => {
  await using server = await startRelay();
  using _alice = (await join(server.url, { clientId: "alice", instance: instance() }))[0];

  await server.relay.close();

  expect(server.relay.census()).toEqual({ clients: [], rooms: [], services: [], topics: [] });
});
