import { expect, test } from "vitest";
import { connect, instance, join, nextEvent, startRelay } from "./support.ts";

test("a watch answers how things are and tells how they change", async () => {
  await using server = await startRelay({ sessionTimeoutMs: 20 });
  using bob = await connect(server.url, "bob");
  const auth = { clientId: "alice", instance: instance(), metadata: { mood: "fine" } };
  const gone = nextEvent(server.relay, "gone");

  expect(await bob.ok({ type: "watch", ids: ["alice", "bob", "relay"] })).toEqual({
    states: [
      { id: "alice", state: "absent" },
      { id: "bob", state: "here", instance: expect.any(String) as string },
      { id: "relay", state: "here", instance: expect.any(String) as string },
    ],
  });
  const [alice] = await join(server.url, auth);
  expect(await bob.notice("presence")).toEqual({
    type: "presence",
    id: "alice",
    state: "here",
    instance: auth.instance,
    metadata: { mood: "fine" },
  });
  alice.cut();
  expect(await bob.notice("presence")).toMatchObject({ id: "alice", state: "away" });
  expect(await bob.notice("presence")).toEqual({
    type: "presence",
    id: "alice",
    state: "gone",
    instance: auth.instance,
    reason: "timeout",
  });

  expect(await gone).toEqual({ clientId: "alice", reason: "timeout" });
  expect(await bob.ok({ type: "lookup", id: "alice" })).toEqual({ id: "alice", state: "absent" });
});

test("a client that closes is gone at once", async () => {
  await using server = await startRelay();
  using bob = await connect(server.url, "bob");
  using alice = await connect(server.url, "alice");
  await bob.ok({ type: "watch", ids: ["alice"] });

  expect(await alice.ok({ type: "close" })).toEqual({});

  expect(await bob.notice("presence")).toMatchObject({ id: "alice", state: "gone", reason: "closed" });
  expect(await alice.next("disconnect")).toEqual(["io server disconnect"]);
  expect(server.relay.stats().clients).toEqual({ here: 1, away: 0 });
});

test("unwatch ends it", async () => {
  await using server = await startRelay();
  using bob = await connect(server.url, "bob");
  await bob.ok({ type: "watch", ids: ["alice", "carol"] });
  await bob.ok({ type: "unwatch", ids: ["alice", "nobody"] });

  using _alice = await connect(server.url, "alice");
  using _carol = await connect(server.url, "carol");

  expect(await bob.notice("presence")).toMatchObject({ id: "carol" });
  expect(bob.count("notify")).toBe(0);
});

test("metadata is seen by watchers and in a lookup, and may be changed", async () => {
  await using server = await startRelay();
  using bob = await connect(server.url, "bob");
  using alice = await connect(server.url, "alice", { metadata: { mood: "fine" } });
  await bob.ok({ type: "watch", ids: ["alice"] });

  await alice.ok({ type: "metadata", metadata: { mood: "better" } });

  expect(await bob.notice("presence")).toMatchObject({ id: "alice", state: "here", metadata: { mood: "better" } });
  expect(await bob.ok({ type: "lookup", id: "alice" })).toMatchObject({ state: "here", metadata: { mood: "better" } });
  expect(await alice.code({ type: "metadata", metadata: "x".repeat(4095) })).toBe("TOO_LARGE");
});

test("watches are bounded and die with their client", async () => {
  await using server = await startRelay({ limits: { watchesPerClient: 3 } });
  using bob = await connect(server.url, "bob");
  await bob.ok({ type: "watch", ids: ["a", "b"] });

  expect(await bob.code({ type: "watch", ids: ["b", "c", "d"] })).toBe("LIMIT");
  await bob.ok({ type: "watch", ids: ["a", "b", "c"] });
  expect(server.relay["core"].watches.size).toBe(3);
  await bob.ok({ type: "close" });

  expect(server.relay["core"].watches.size).toBe(0);
});

test("the list is refused unless the relay allows it", async () => {
  await using server = await startRelay();
  using alice = await connect(server.url, "alice");

  expect(await alice.code({ type: "list" })).toBe("FORBIDDEN");
});

test("the list comes in pages, in the order of ids, also while clients come and go", async () => {
  await using server = await startRelay({ allowList: true });
  using d = await connect(server.url, "d", { metadata: 4 });
  const b = await connect(server.url, "b");
  using _c = await connect(server.url, "c");
  using _a = await connect(server.url, "a");

  expect(await d.ok({ type: "list", limit: 2 })).toEqual({
    clients: [
      { id: "a", state: "here" },
      { id: "b", state: "here" },
    ],
    next: "b",
  });
  await b.ok({ type: "close" });
  expect(await d.ok({ type: "list", after: "b" })).toEqual({
    clients: [
      { id: "c", state: "here" },
      { id: "d", state: "here", metadata: 4 },
    ],
  });
});
