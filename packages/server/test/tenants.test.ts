import { topicRoom } from "@peerloom/protocol";
import { describe, expect, test } from "vitest";
import type { Action, Authenticate, RelayServer, RelayServerOptions } from "../src/index.ts";
import { connect, instance, join, nextEvent, refusal, startRelay, type RawClient } from "./support.ts";

/** The token is the tenant's name; without one there is none. */
const byToken: Authenticate = ({ token }) => (token === undefined ? {} : { tenant: token });

function start(options: RelayServerOptions = {}): ReturnType<typeof startRelay> {
  return startRelay({ authenticate: byToken, allowList: true, signaling: true, ...options });
}

const of = (url: string, tenant: string | undefined, id: string): Promise<RawClient> =>
  connect(url, id, tenant === undefined ? {} : { token: tenant });

/** Has a client do everything that the relay keeps for clients, all under the same names. */
async function doEverything(client: RawClient): Promise<void> {
  await client.ok({ type: "watch", ids: ["alice", "bob"] });
  await client.ok({ type: "join", room: "lobby", head: 1 });
  await client.ok({ type: "provide", service: "math" });
  await client.ok({ type: "publish", service: "math", topic: "primes", head: 1 });
  await client.ok({ type: "subscribe", service: "math", topic: "primes" });
  await client.ok({ type: "providers", service: "math", watch: true });
  await client.ok({ type: "services", watch: true });
  await client.socket.emitWithAck("signal-subscribe", "lobby");
}

/** Everything that a client was sent of its own accord since it was asked last. */
function heard(client: RawClient): number {
  return ["p", "r", "rs", "u", "ready", "notify", "signal"].reduce((sum, event) => sum + client.count(event), 0);
}

const roomsOf = (relay: RelayServer): string[] => [...relay["core"].namespace.adapter.rooms.keys()];

describe("clients of two tenants under the same id", () => {
  test("are both let in, and each is found only by its own", async () => {
    await using server = await start();
    using acmeAlice = await of(server.url, "acme", "alice");
    using globexAlice = await of(server.url, "globex", "alice");
    using bob = await of(server.url, "acme", "bob");

    bob.packet("alice", 0, "to whom?");

    expect(await acmeAlice.next("p")).toEqual(["bob", "to whom?"]);
    await globexAlice.settled();
    expect(globexAlice.count("p")).toBe(0);
    expect(await globexAlice.ok({ type: "lookup", id: "bob" })).toEqual({ id: "bob", state: "absent" });
    expect(await bob.ok({ type: "list" })).toMatchObject({ clients: [{ id: "alice" }, { id: "bob" }] });
    expect(await globexAlice.ok({ type: "list" })).toMatchObject({ clients: [{ id: "alice" }] });
  });

  test("cannot be told from absent ones by who asks from elsewhere", async () => {
    await using server = await start();
    using alice = await of(server.url, "acme", "alice");
    using stranger = await of(server.url, "globex", "mallory");

    stranger.packet("alice", 7, "hello");

    expect(await stranger.next("u")).toEqual(["alice", "PEER_NOT_FOUND", 7]);
    expect(await stranger.code({ type: "pair", to: "alice" })).toBe("PEER_NOT_FOUND");
    expect(await stranger.ok({ type: "watch", ids: ["alice"] })).toEqual({ states: [{ id: "alice", state: "absent" }] });
    await alice.ok({ type: "metadata", metadata: "changed" });
    await stranger.settled();
    expect(stranger.count("notify")).toBe(0);
  });

  test("hear nothing of what the other does, whatever that is, and neither does who has no tenant", async () => {
    await using server = await start();
    const tenants = [undefined, "acme", "globex", "acme/room:lobby", "tenant:acme", "%61cme"];
    const listeners = await Promise.all(tenants.map((tenant) => of(server.url, tenant, "bob")));
    for (const listener of listeners) await doEverything(listener);
    // That it has itself as a subscriber is told to each a moment later.
    for (const listener of listeners) await listener.notice("subscribers");
    const before = listeners.map(heard);

    const index = tenants.indexOf("acme");
    using alice = await of(server.url, "acme", "alice");
    await doEverything(alice);
    alice.packet("bob", 0, "a packet");
    alice.socket.emit("r", "lobby", 1, "to the room");
    alice.socket.emit("r", topicRoom({ service: "math", topic: "primes" }), 1, "to the topic");
    await alice.socket.emitWithAck("signal", "lobby", Buffer.from("a signal"));
    await alice.ok({ type: "metadata", metadata: "changed" });
    await alice.ok({ type: "close" });
    for (const listener of listeners) await listener.settled();

    const grown = listeners.map((listener, at) => heard(listener) > (before[at] ?? 0));
    expect(grown).toEqual(tenants.map((_, at) => at === index));
    expect(server.relay.stats()).toMatchObject({ errors: 0, malformed: 0 });
    for (const listener of listeners) listener[Symbol.dispose]();
  });

  test("are counted apart in rooms, lists of providers and of subscribers", async () => {
    await using server = await start();
    using acme = await of(server.url, "acme", "alice");
    using globex = await of(server.url, "globex", "bob");
    for (const client of [acme, globex]) await doEverything(client);

    expect(await acme.ok({ type: "join", room: "lobby", head: 1 })).toEqual({ members: [] });
    expect(await acme.ok({ type: "providers", service: "math" })).toMatchObject({ providers: [{ id: "alice" }] });
    expect(await acme.ok({ type: "services" })).toMatchObject({ services: [{ service: "math", providers: 1 }] });
    expect(await acme.ok({ type: "subscribe", service: "math", topic: "primes" })).toMatchObject({ publishers: [] });
    const [one, other] = await Promise.all(
      [acme, globex].map((client) => client.ok({ type: "publish", service: "math", topic: "primes", head: 1 })),
    );
    expect((one as { key: string }).key).not.toBe((other as { key: string }).key);
  });

  test("cannot use each other's resume secrets", async () => {
    await using server = await start();
    const auth = { clientId: "alice", instance: instance() };
    const [acme, welcome] = await join(server.url, { ...auth, token: "acme" });
    using globex = await of(server.url, "globex", "alice");

    expect(await refusal(server.url, { ...auth, token: "globex", resume: welcome.resume })).toMatchObject({ code: "CLIENT_ID_TAKEN" });

    await globex.settled();
    acme[Symbol.dispose]();
  });
});

test("all of a tenant's rooms in socket.io carry its name, so that nothing a client names reaches into another's", async () => {
  await using server = await start();
  const tenant = "acme & co/\u00e9";
  using alice = await of(server.url, tenant, "alice");
  const own = new Set(roomsOf(server.relay));

  await doEverything(alice);

  const added = roomsOf(server.relay).filter((room) => !own.has(room));
  expect(added.map((room) => room.replace(/^tenant:acme%20%26%20co%2F%C3%A9\//, "~"))).toEqual([
    "~room:lobby",
    `~topic:${topicRoom({ service: "math", topic: "primes" })}`,
    "~providers:math",
    "~services",
    "~signal:lobby",
  ]);
});

test("hooks and events are told the tenant", async () => {
  const actions: Action[] = [];
  const authorize = (action: Action): boolean => {
    actions.push(action);
    return action.tenant === "acme";
  };
  await using server = await start({ authorize });
  const entered = nextEvent(server.relay, "connection");
  using alice = await of(server.url, "acme", "alice");
  using globex = await of(server.url, "globex", "alice");
  using nobody = await of(server.url, undefined, "alice");
  const refused = nextEvent(server.relay, "refused");

  await alice.ok({ type: "join", room: "lobby", head: 1 });
  expect(await globex.code({ type: "join", room: "lobby", head: 1 })).toBe("FORBIDDEN");
  expect(await nobody.code({ type: "join", room: "lobby", head: 1 })).toBe("FORBIDDEN");

  expect(await entered).toMatchObject({ clientId: "alice", tenant: "acme" });
  expect(await refused).toMatchObject({ code: "FORBIDDEN", clientId: "alice", tenant: "globex" });
  expect(actions.map(({ tenant }) => tenant)).toEqual(["acme", "globex", undefined]);
});

test("the relay is a client of a tenant's name space through relay.tenant, and of no other by that", async () => {
  await using server = await start();
  const acme = server.relay.tenant("acme");
  acme.provide("clock", { now: () => 1 });
  const gone = new Promise((resolve) => acme.on("gone", resolve));
  using alice = await of(server.url, "acme", "alice");
  using globex = await of(server.url, "globex", "alice");

  expect(await alice.ok({ type: "providers", service: "clock" })).toMatchObject({ providers: [{ id: "relay" }] });
  expect(await globex.ok({ type: "providers", service: "clock" })).toEqual({ providers: [] });
  expect(acme.stats()).toMatchObject({ clients: { here: 1, away: 0 }, services: 1 });
  expect(acme.socketOf("alice")?.id).toBe(alice.socket.id);
  expect(server.relay.socketOf("alice")).toBeUndefined();
  expect(acme.expel("alice")).toBe(true);
  expect(await gone).toEqual({ tenant: "acme", clientId: "alice", reason: "closed" });
  await globex.settled();
});

test("a tenant is forgotten with its last client, unless the program holds it", async () => {
  await using server = await start({ sessionTimeoutMs: 20 });
  const [alice, bob] = [await of(server.url, "acme", "alice"), await of(server.url, "acme", "bob")];
  await doEverything(alice);
  const held = server.relay.tenant("globex");
  expect(server.relay.stats()).toMatchObject({ tenants: 2, clients: { here: 2 } });

  await alice.ok({ type: "close" });
  expect(server.relay.stats()).toMatchObject({ tenants: 2 });
  const gone = nextEvent(server.relay, "gone");
  bob.cut();
  await gone;
  await new Promise((resolve) => setImmediate(resolve));

  expect(server.relay.stats()).toMatchObject({ tenants: 1, clients: { here: 0, away: 0 }, rooms: 0, services: 0, topics: 0 });
  expect(server.relay.tenant("globex")).toBe(held);
  held.close();
  held.close();
  expect(server.relay.stats()).toMatchObject({ tenants: 0 });
});

test("someone who takes the place of a tenant's only client finds the name space as it was", async () => {
  await using server = await start({ duplicateId: "replace" });
  using first = await of(server.url, "acme", "alice");
  using second = await of(server.url, "acme", "alice");

  await first.next("bye");
  await second.ok({ type: "join", room: "lobby", head: 1 });
  using bob = await of(server.url, "acme", "bob");

  expect(await bob.ok({ type: "join", room: "lobby", head: 1 })).toMatchObject({ members: [{ id: "alice" }] });
  expect(server.relay.stats()).toMatchObject({ tenants: 1, clients: { here: 2 } });
});

test("tenants, and clients of each, have limits", async () => {
  await using server = await start({ limits: { tenants: 2, clientsPerTenant: 1, clients: 3 } });
  using _one = await of(server.url, "acme", "alice");
  using _two = await of(server.url, "globex", "alice");

  expect(await refusal(server.url, { clientId: "bob", token: "acme" })).toEqual({ code: "LIMIT", message: "a tenant may have 1 clients" });
  expect(await refusal(server.url, { clientId: "bob", token: "hooli" })).toMatchObject({ code: "LIMIT" });
  using _three = await of(server.url, undefined, "alice");
  expect(await refusal(server.url, { clientId: "bob" })).toEqual({ code: "LIMIT", message: "this relay takes no more than 3 clients" });
  expect(() => server.relay.tenant("hooli")).toThrow("no place for more than 2 tenants");
  expect(() => server.relay.tenant("\n")).toThrow(TypeError);
  expect(server.relay.stats()).toMatchObject({ tenants: 2 });
});

test("authenticate that makes up an impossible tenant lets nobody in", async () => {
  await using server = await startRelay({ authenticate: () => ({ tenant: "a\nb" }) });

  expect(await refusal(server.url, { clientId: "alice" })).toMatchObject({ code: "UNAUTHORIZED" });
  expect(server.relay.stats()).toMatchObject({ errors: 1, tenants: 0 });
});

test.each(["close", "drain"] as const)("%s ends the clients of all tenants, and leaves no name space", async (way) => {
  await using server = await start();
  const held = server.relay.tenant("globex");
  const clients = [
    await of(server.url, "acme", "alice"),
    await of(server.url, "globex", "alice"),
    await of(server.url, undefined, "alice"),
  ];
  for (const client of clients) await doEverything(client);

  const ending = way === "close" ? server.relay.close() : server.relay.drain({ windowMs: 0 });

  for (const client of clients) expect(await client.next("bye")).toMatchObject([{ code: "CLOSED" }]);
  await ending;
  expect(server.relay.stats()).toMatchObject({ tenants: 0, clients: { here: 0, away: 0 }, rooms: 0, services: 0, topics: 0 });
  expect(() => server.relay.tenant("hooli")).toThrow("closed");
  held.close();
});
