import { describe, expect, test } from "vitest";
import { inboxOf, reaches } from "./support/events.ts";
import { Proxy } from "./support/proxy.ts";
import { TestRelay } from "./support/relay.ts";

describe("presence", () => {
  test("of others can be looked up and listed", async () => {
    await using relay = await TestRelay.start({ allowList: true });
    const alice = await relay.connect("alice");
    const bob = await relay.connect("bob", { metadata: { name: "Bob" } });

    const found = await alice.lookup("bob");
    const first = await alice.listClients({ limit: 1 });
    const second = await alice.listClients({ limit: 1, ...(first.next !== undefined && { after: first.next }) });

    expect(found).toEqual({ id: "bob", state: "here", instance: bob.instance, metadata: { name: "Bob" } });
    expect(await alice.lookup("nobody")).toMatchObject({ state: "absent" });
    expect([...first.clients, ...second.clients].map(({ id }) => id).toSorted()).toEqual(["alice", "bob"]);
  });

  test("is not listed where the relay does not allow it", async () => {
    await using relay = await TestRelay.start();
    const alice = await relay.connect("alice");

    await expect(alice.listClients()).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(alice.lookup("")).rejects.toThrow(TypeError);
  });

  test("of those watched is told, at once and when it changes", async () => {
    await using relay = await TestRelay.start({ sessionTimeoutMs: 100 });
    const alice = await relay.connect("alice");
    const presence = inboxOf(alice, "presence");

    alice.watch("bob", "carol");
    const atOnce = await presence.takeMany(2);
    const bob = await relay.connect("bob");
    const came = await presence.take();
    await bob.setMetadata({ mood: "good" });
    const changed = await presence.take();
    await bob.close();
    const left = await presence.take();

    expect(atOnce.map(({ id, state }) => [id, state])).toEqual([
      ["bob", "absent"],
      ["carol", "absent"],
    ]);
    expect(came).toMatchObject({ id: "bob", state: "here", instance: bob.instance });
    expect(changed).toMatchObject({ id: "bob", metadata: { mood: "good" } });
    expect(left).toMatchObject({ id: "bob", state: "gone", reason: "closed" });
  });

  test("is told again after this client was cut off", async () => {
    await using relay = await TestRelay.start();
    await using proxy = await Proxy.start(relay.port);
    const alice = await relay.connect("alice", { url: proxy.url });
    const presence = inboxOf(alice, "presence");
    alice.watch("bob");
    await presence.take();

    proxy.shut();
    await reaches(alice, "offline");
    const bob = await relay.connect("bob");
    proxy.open();

    expect(await presence.take()).toMatchObject({ id: "bob", state: "here", instance: bob.instance });
  });

  test("is no longer told after unwatch", async () => {
    await using relay = await TestRelay.start();
    const alice = await relay.connect("alice");
    const presence = inboxOf(alice, "presence");
    alice.watch("bob");
    await presence.take();

    alice.unwatch("bob");
    await alice.lookup("bob");
    await relay.connect("bob");
    await alice.lookup("bob");

    expect(presence.all).toHaveLength(1);
  });

  test("metadata that the relay refuses stays what it was", async () => {
    await using relay = await TestRelay.start();
    const alice = await relay.connect("alice", { metadata: "small" });

    await expect(alice.setMetadata("x".repeat(5000))).rejects.toMatchObject({ code: "TOO_LARGE" });
    await expect(alice.setMetadata(undefined as never)).rejects.toThrow(TypeError);
    expect(alice.metadata).toBe("small");
  });
});

describe("pairing", () => {
  test("is refused without a handler, and when it throws", async () => {
    await using relay = await TestRelay.start();
    const alice = await relay.connect("alice");
    const bob = await relay.connect("bob");

    await expect(alice.pair("bob")).rejects.toMatchObject({ code: "PAIR_REFUSED" });
    bob.onPair(() => {
      throw new Error("not you");
    });
    await expect(alice.pair("bob")).rejects.toMatchObject({ code: "PAIR_REFUSED", message: "not you" });
    await expect(alice.pair("nobody")).rejects.toMatchObject({ code: "PEER_NOT_FOUND" });
  });

  test("tells each side the other's metadata, and each when the other is gone", async () => {
    await using relay = await TestRelay.start({ sessionTimeoutMs: 100 });
    const alice = await relay.connect("alice");
    const bob = await relay.connect("bob");
    const carol = await relay.connect("carol");
    const asked: unknown[] = [];
    bob.onPair((from, { metadata }) => {
      asked.push([from, metadata]);
      return { name: "Bob" };
    });
    const gone = inboxOf(bob, "gone");
    const lost = inboxOf(carol, "gone");

    const answer = await alice.pair("bob", { metadata: { name: "Alice" } });
    await carol.pair("bob");
    await alice.close();
    await gone.take();
    await bob.close();

    expect(asked).toEqual([
      ["alice", { name: "Alice" }],
      ["carol", undefined],
    ]);
    expect(answer).toEqual({ name: "Bob" });
    expect(gone.all).toMatchObject([{ id: "alice", error: { code: "PEER_LOST" } }, { id: "carol" }]);
    expect(await lost.take()).toMatchObject({ id: "bob", error: { code: "PEER_LOST" } });
  });

  test("with the relay itself works", async () => {
    await using relay = await TestRelay.start();
    const alice = await relay.connect("alice");

    expect(await alice.pair("relay")).toBeUndefined();
  });

  test("ends in TIMEOUT when the other side does not answer", async () => {
    await using relay = await TestRelay.start();
    const alice = await relay.connect("alice");
    const bob = await relay.connect("bob");
    bob.onPair(() => new Promise(() => {}));

    await expect(alice.pair("bob", { timeoutMs: 30 })).rejects.toMatchObject({ code: "TIMEOUT" });
  });

  test("a peer that vanishes is away first and gone after the session timeout", async () => {
    await using relay = await TestRelay.start({ sessionTimeoutMs: 60 });
    await using proxy = await Proxy.start(relay.port);
    const alice = await relay.connect("alice");
    const bob = await relay.connect("bob", { url: proxy.url });
    bob.onPair(() => undefined);
    const presence = inboxOf(alice, "presence");
    const gone = inboxOf(alice, "gone");

    await alice.pair("bob");
    proxy.shut();

    expect((await gone.take()).error.code).toBe("PEER_LOST");
    expect(presence.all[0]).toMatchObject({ id: "bob", state: "away" });
    expect(gone.all).toHaveLength(1);
  });
});
