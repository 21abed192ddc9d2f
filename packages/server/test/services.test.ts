import { describe, expect, test } from "vitest";
import { connect, instance, join, startRelay, type RawClient } from "./support.ts";

const provide = (client: RawClient, service: string, more: object = {}): Promise<unknown> =>
  client.ok({ type: "provide", service, ...more });
const noticeOf = (client: RawClient): Promise<unknown> => client.notice("provider");

describe("services", () => {
  test("those who watch are told who provides, from which version on, and when it ends", async () => {
    await using server = await startRelay();
    using alice = await connect(server.url, "alice");
    const auth = { clientId: "bob", instance: instance() };
    const [bob] = await join(server.url, auth);
    using _ = bob;

    const before = await alice.ok({ type: "providers", service: "math", watch: true });
    await provide(bob, "math", { version: "1", metadata: { zone: "b" }, idempotent: ["add"] });
    const joined = await noticeOf(alice);
    await provide(bob, "math", { version: "1", metadata: { zone: "b" }, idempotent: ["add"] });
    await provide(bob, "math", { version: "2" });
    const updated = await noticeOf(alice);
    await bob.ok({ type: "withdraw", service: "math" });
    const left = await noticeOf(alice);

    const provider = { id: "bob", instance: auth.instance, state: "here" };
    expect(before).toEqual({ providers: [] });
    expect(joined).toMatchObject({ change: "join", provider: { ...provider, version: "1", metadata: { zone: "b" }, idempotent: ["add"] } });
    expect(updated).toEqual({ type: "provider", service: "math", change: "update", provider: { ...provider, version: "2" } });
    expect(left).toMatchObject({ change: "leave", provider });
    expect(server.relay.stats()).toMatchObject({ services: 0, topics: 0 });
  });

  test("a provider that loses its connection is away, comes back as the same, and is gone after the session timeout", async () => {
    await using server = await startRelay({ sessionTimeoutMs: 200 });
    using alice = await connect(server.url, "alice");
    using bob = await connect(server.url, "bob");
    await provide(bob, "math");
    await alice.ok({ type: "providers", service: "math", watch: true });

    bob.socket.disconnect();
    const away = await noticeOf(alice);
    const gone = await noticeOf(alice);

    expect(away).toMatchObject({ change: "update", provider: { id: "bob", state: "away" } });
    expect(gone).toMatchObject({ change: "leave", provider: { id: "bob" } });
  });

  test("a watch ends when it is told, and survives a change of sockets", async () => {
    await using server = await startRelay();
    const auth = { clientId: "alice", instance: instance() };
    const [first, welcome] = await join(server.url, auth);
    await first.ok({ type: "providers", service: "math", watch: true });
    await first.ok({ type: "services", watch: true });
    const [alice] = await join(server.url, { ...auth, resume: (welcome as { resume: string }).resume });
    using _ = alice;
    using bob = await connect(server.url, "bob");

    await provide(bob, "math");
    const seen = [await noticeOf(alice), await alice.notice("service")];
    await alice.ok({ type: "providers", service: "math", watch: false });
    await alice.ok({ type: "services", watch: false });
    await bob.ok({ type: "withdraw", service: "math" });
    await alice.settled();

    expect(seen).toMatchObject([{ change: "join" }, { service: "math", providers: 1 }]);
    expect(alice.count("notify")).toBe(0);
  });

  test("watches of services are bounded", async () => {
    await using server = await startRelay({ limits: { serviceWatchesPerClient: 1 } });
    using alice = await connect(server.url, "alice");
    await alice.ok({ type: "providers", service: "a", watch: true });

    expect(await alice.code({ type: "providers", service: "b", watch: true })).toBe("LIMIT");
    await alice.ok({ type: "providers", service: "a", watch: false });
    await alice.ok({ type: "providers", service: "b", watch: true });
  });

  test("an offer that was withdrawn, or whose client left, while the hook thought about it is not listed", async () => {
    const decisions: ((allowed: boolean) => void)[] = [];
    await using server = await startRelay({
      authorize: (action) => (action.type === "provide" ? new Promise((resolve) => decisions.push(resolve)) : true),
    });
    using bob = await connect(server.url, "bob");

    const first = bob.code({ type: "provide", service: "math" });
    await bob.ok({ type: "withdraw", service: "math" });
    decisions.shift()?.(true);
    const second = bob.ok({ type: "provide", service: "math" });
    await bob.settled();
    decisions.shift()?.(true);
    await second;

    expect(await first).toBe("ABORTED");
    expect(server.relay.stats().services).toBe(1);
  });
});

describe("topics", () => {
  const topic = { service: "math", topic: "ticks" };
  const room = "peerloom:4:math:ticks";

  async function publisher(url: string): Promise<RawClient> {
    const bob = await connect(url, "bob");
    await provide(bob, "math");
    await bob.ok({ type: "publish", ...topic, head: 3, metadata: { snapshot: true } });
    return bob;
  }

  test("a subscriber is told the publishers, and of nobody else", async () => {
    await using server = await startRelay();
    using bob = await publisher(server.url);
    using alice = await connect(server.url, "alice");
    using carol = await connect(server.url, "carol");

    const answer = await alice.ok({ type: "subscribe", ...topic });
    await carol.ok({ type: "subscribe", ...topic });
    bob.socket.emit("r", room, 4, "text");
    const packet = await alice.next("r");
    const subscribers = await bob.notice("subscribers");
    await alice.settled();

    expect(answer).toMatchObject({ publishers: [{ id: "bob", head: 3, metadata: { snapshot: true } }] });
    expect(packet).toEqual([room, "bob", 4, "text"]);
    expect(subscribers).toMatchObject({ ...topic, count: 2 });
    expect(alice.count("notify")).toBe(0);
    expect(bob.count("r")).toBe(0);
  });

  test("only a provider publishes: neither a stranger nor a subscriber is let", async () => {
    await using server = await startRelay({ rooms: { allowOutsiders: true } });
    using bob = await publisher(server.url);
    using eve = await connect(server.url, "eve");
    using alice = await connect(server.url, "alice");
    await eve.ok({ type: "subscribe", ...topic });
    await alice.ok({ type: "subscribe", ...topic });

    const refused = await eve.code({ type: "publish", ...topic, head: 0 });
    eve.socket.emit("r", room, 1, "forged");
    const notice = await eve.notice("room-refused");
    eve.socket.emit("r", "peerloom:1:x:y", 1, "forged");
    const unknown = await eve.notice("room-refused");
    const joining = await eve.code({ type: "join", room, head: 0 });
    bob.socket.emit("r", room, 4, "true");

    expect([refused, joining]).toEqual(["FORBIDDEN", "BAD_REQUEST"]);
    expect([notice, unknown]).toMatchObject([{ code: "NOT_A_MEMBER" }, { code: "NOT_A_MEMBER" }]);
    expect(await alice.next("r")).toEqual([room, "bob", 4, "true"]);
  });

  test("what a publisher does is told to subscribers: head, away, withdrawn", async () => {
    await using server = await startRelay({ sessionTimeoutMs: 100 });
    using bob = await publisher(server.url);
    using alice = await connect(server.url, "alice");
    await alice.ok({ type: "subscribe", ...topic });

    await bob.ok({ type: "publish", ...topic, head: 9 });
    const update = await alice.notice("member");
    await bob.ok({ type: "withdraw", service: "math" });
    const left = await alice.notice("member");
    bob.socket.emit("r", room, 10, "late");
    const refused = await bob.notice("room-refused");

    expect(update).toMatchObject({ room, change: "update", member: { id: "bob", head: 9 } });
    expect(left).toMatchObject({ room, change: "leave", reason: "destroyed" });
    expect(refused).toMatchObject({ code: "NOT_A_MEMBER" });
  });

  test("publisher and subscriber get the same key, another topic has another one", async () => {
    await using server = await startRelay({ secret: "a secret of the relay" });
    using bob = await publisher(server.url);
    using alice = await connect(server.url, "alice");
    const keyOf = async (client: RawClient, body: object): Promise<unknown> => ((await client.ok(body)) as { key: unknown }).key;

    const one = await keyOf(bob, { type: "publish", ...topic, head: 3 });
    const same = await keyOf(alice, { type: "subscribe", ...topic });
    const other = await keyOf(alice, { type: "subscribe", service: "math", topic: "other" });

    expect(one).toBe(same);
    expect(other).not.toBe(one);
  });

  test("nothing is left of a topic when all are gone", async () => {
    await using server = await startRelay();
    const bob = await publisher(server.url);
    const alice = await connect(server.url, "alice");
    await alice.ok({ type: "subscribe", ...topic });
    await alice.ok({ type: "providers", service: "math", watch: true });

    await Promise.all([alice.ok({ type: "close" }), bob.ok({ type: "close" })]);

    expect(server.relay.stats()).toMatchObject({ services: 0, topics: 0, clients: { here: 0, away: 0 } });
  });
});
