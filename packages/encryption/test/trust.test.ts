import { MemoryRelay } from "@peerloom/core/testing";
import { createIdentity, trustOnFirstUse, type TrustHook } from "@peerloom/encryption";
import { expect, test, vi } from "vitest";
import { flyUntil, secretOn, twoSecrets } from "./pair.ts";

test("each side knows the other's key, and both see the same fingerprints", async () => {
  await using pair = twoSecrets();
  const { alice, bob } = pair;
  bob.endpoint.onAny("hi", () => true);

  await alice.endpoint.remote("bob").emitWithAck("hi");

  const [a, b] = await Promise.all([alice.encryption.identity(), bob.encryption.identity()]);
  expect(alice.encryption.peer("bob")).toEqual({ id: "bob", publicKey: b.publicKey, fingerprint: b.fingerprint });
  expect(bob.encryption.peer("alice")).toEqual({ id: "alice", publicKey: a.publicKey, fingerprint: a.fingerprint });
});

test("who does not trust a key sends nothing under it, and the other is told", async () => {
  const trust = vi.fn<TrustHook>(() => false);
  await using pair = twoSecrets({ alice: { trust } });
  const { alice, bob } = pair;
  const handled = vi.fn<() => void>();
  bob.endpoint.onAny("hi", handled);

  await expect(alice.endpoint.remote("bob").emitWithAck("hi")).rejects.toMatchObject({ code: "UNTRUSTED" });

  const { publicKey, fingerprint } = await bob.encryption.identity();
  expect(trust).toHaveBeenCalledExactlyOnceWith({ id: "bob", publicKey, fingerprint });
  expect(handled).not.toHaveBeenCalled();
});

test("whoever is not trusted is told so, and is not heard", async () => {
  await using pair = twoSecrets({
    bob: {
      trust: () => {
        throw new Error("no");
      },
    },
  });
  const { alice, bob } = pair;
  const handled = vi.fn<() => void>();
  bob.endpoint.onAny("hi", handled);

  await expect(alice.endpoint.remote("bob").emitWithAck("hi")).rejects.toMatchObject({ code: "UNTRUSTED" });

  expect(handled).not.toHaveBeenCalled();
});

test("what is sent waits for the decision; without one in time the key is not trusted", async () => {
  let decide = (_isTrusted: boolean): void => {};
  const asked = new Promise<void>((resolve) => {
    const trust = (): Promise<boolean> => {
      resolve();
      return new Promise((answer) => (decide = answer));
    };
    Object.assign(options, { trust });
  });
  await using pair = twoSecrets({ bob: options });
  const { alice, bob } = pair;
  bob.endpoint.onAny("hi", () => "hello");
  const answer = alice.endpoint.remote("bob").emitWithAck("hi");
  await asked;
  decide(true);

  await expect(answer).resolves.toBe("hello");

  await using late = twoSecrets({ bob: { trust: () => new Promise(() => {}), trustTimeoutMs: 20 } });
  await expect(late.alice.endpoint.remote("bob").emitWithAck("hi")).rejects.toMatchObject({ code: "UNTRUSTED" });
});
const options = {};

test("a decision that takes longer than the other side waits for it counts nevertheless, and is asked for once", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  const relay = new MemoryRelay(setImmediate);
  const trust = vi.fn<TrustHook>(() => new Promise((resolve) => setTimeout(() => resolve(true), 20_000)));
  const [alice, bob] = [secretOn(relay, "alice", "alice-instance", { trust }), secretOn(relay, "bob", "bob-instance")];
  bob.endpoint.onAny("hi", () => "hello");
  let isDone = false;

  const answer = alice.endpoint
    .remote("bob")
    .emitWithAck("hi")
    .finally(() => (isDone = true));
  await flyUntil(() => isDone);

  await expect(answer).resolves.toBe("hello");
  expect(trust).toHaveBeenCalledOnce();
  vi.useRealTimers();
  await Promise.all([alice.close(), bob.close()]);
});

test("trustOnFirstUse keeps the first key of an id, and takes no other", async () => {
  const relay = new MemoryRelay(setImmediate);
  const alice = secretOn(relay, "alice", "alice-instance", { trust: trustOnFirstUse() });
  const identity = await createIdentity();
  const first = secretOn(relay, "bob", "bob-instance-1", { identity });
  first.endpoint.onAny("hi", () => 1);
  await expect(alice.endpoint.remote("bob").emitWithAck("hi")).resolves.toBe(1);
  await first.close();
  relay.detach("bob");

  const impostor = secretOn(relay, "bob", "bob-instance-2");
  impostor.endpoint.onAny("hi", () => 2);
  await expect(alice.endpoint.remote("bob").emitWithAck("hi")).rejects.toMatchObject({ code: "UNTRUSTED" });
  await impostor.close();
  relay.detach("bob");

  const back = secretOn(relay, "bob", "bob-instance-3", { identity: await createIdentity({ keyPair: identity.keyPair }) });
  back.endpoint.onAny("hi", () => 3);
  await expect(alice.endpoint.remote("bob").emitWithAck("hi")).resolves.toBe(3);
  await Promise.all([alice.close(), back.close()]);
});

test("an id that is made of a key is its bearer's alone", async () => {
  const relay = new MemoryRelay(setImmediate);
  const identity = await createIdentity();
  const bob = secretOn(relay, identity.id, "bob-instance", { identity });
  const carol = secretOn(relay, (await createIdentity()).id, "carol-instance");
  const alice = secretOn(relay, "alice", "alice-instance");
  bob.endpoint.onAny("hi", () => "hello");
  carol.endpoint.onAny("hi", () => "hello");

  await expect(alice.endpoint.remote(bob.endpoint.id).emitWithAck("hi")).resolves.toBe("hello");
  await expect(alice.endpoint.remote(carol.endpoint.id).emitWithAck("hi")).rejects.toMatchObject({ code: "UNTRUSTED" });

  await Promise.all([alice.close(), bob.close(), carol.close()]);
});

test("where the platform has no crypto.subtle encrypt says so, and an encryption serves one client", () => {
  const relay = new MemoryRelay(setImmediate);
  const { encryption } = secretOn(relay, "alice", "alice-instance");
  const host = { instance: "other-instance", below: relay.transport("alice"), above: {} as never, malformed: () => {} };

  expect(() => encryption.createLayer(host)).toThrow(TypeError);
  vi.stubGlobal("crypto", {});
  expect(() => secretOn(relay, "bob", "bob-instance")).toThrow(expect.objectContaining({ code: "NO_CRYPTO" }));
});

test("no session goes on under another key: whoever comes in the middle of it with one begins anew", async () => {
  const relay = new MemoryRelay(setImmediate);
  const [alice, bob] = [secretOn(relay, "alice", "alice-instance"), secretOn(relay, "bob", "bob-instance")];
  bob.endpoint.onAny("hang", () => new Promise(() => {}));
  const hanging = alice.endpoint.remote("bob").emitWithAck("hang");
  hanging.catch(() => {});
  await expect.poll(() => bob.endpoint.load.requests).toBe(1);

  // It has the id and even the instance; a relay could make that up.
  const mallory = secretOn(relay, "bob", "bob-instance");
  // Its next session is not numbered as the one that ends.
  mallory.endpoint.remote("nobody").emit("hi");
  const heard: string[] = [];
  alice.endpoint.on("gone", ({ error }) => heard.push(error.code));
  alice.endpoint.onAny("hi", () => "hello");
  const answer = mallory.endpoint.remote("alice").emitWithAck("hi");

  await expect(hanging).rejects.toMatchObject({ code: "PEER_RESTARTED" });
  await expect(answer).resolves.toBe("hello");
  expect(heard).toEqual(["PEER_RESTARTED"]);
  expect(alice.encryption.peer("bob")?.publicKey).toBe((await mallory.encryption.identity()).publicKey);
  await Promise.all([alice.close(), bob.close(), mallory.close()]);
});
