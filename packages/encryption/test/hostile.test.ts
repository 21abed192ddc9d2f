import { MemoryRelay, randomFrom } from "@peerloom/core/testing";
import type { TrustHook } from "@peerloom/encryption";
import { expect, test, vi } from "vitest";
import { encodeHello } from "../src/message.ts";
import { kindOf, record, secretOn, twoSecrets } from "./pair.ts";

const idOf = (n: number): string => String(n).padStart(16, "0");
const noKey = "A".repeat(87);

test("a flood of hellos costs a few answers, and who says it is heard no less afterwards", async () => {
  await using pair = twoSecrets();
  const { alice, bob, relay } = pair;
  const seen = record(relay);
  bob.endpoint.onAny("hi", () => "hello");
  await alice.endpoint.remote("bob").emitWithAck("hi");
  const hello = seen.find((text) => text.startsWith("e1."))?.split(".") ?? [];
  seen.length = 0;

  for (let n = 0; n < 2000; n++) bob.layer.receive("alice", ["e1", idOf(n), ...hello.slice(2)].join("."), []);

  await expect(alice.endpoint.remote("bob").emitWithAck("hi")).resolves.toBe("hello");
  expect(seen.filter((text) => text.startsWith("e2.")).length).toBeLessThan(10);
});

test("strangers with hellos fill a table that is bounded, and are forgotten", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  const relay = new MemoryRelay(setImmediate);
  const bob = secretOn(relay, "bob", "bob-instance");

  for (let n = 0; n < 5000; n++) bob.layer.receive(`stranger ${n}`, encodeHello(idOf(n), "an-instance", noKey).text, []);
  await vi.advanceTimersByTimeAsync(30_000);

  expect(bob.layer.bytes).toBe(0);
  await bob.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test("whoever was refused is not asked about again and again", async () => {
  const trust = vi.fn<TrustHook>(() => false);
  await using pair = twoSecrets({ bob: { trust } });
  const { alice } = pair;

  for (let n = 0; n < 3; n++) {
    await expect(alice.endpoint.remote("bob").emitWithAck("hi")).rejects.toMatchObject({ code: "UNTRUSTED" });
  }

  expect(trust).toHaveBeenCalledOnce();
});

test("where the application cannot say whether a peer is spoken to in clear, it is not", async () => {
  const relay = new MemoryRelay(setImmediate);
  const plaintext = (): boolean => {
    throw new Error("no idea");
  };
  const [alice, bob] = [secretOn(relay, "alice", "alice-instance", { plaintext }), secretOn(relay, "bob", "bob-instance", { plaintext })];
  const seen = record(relay);
  bob.endpoint.onAny("hi", () => "hello");

  await expect(alice.endpoint.remote("bob").emitWithAck("hi")).resolves.toBe("hello");

  expect(seen[0]).toMatch(/^e1\./);
  await Promise.all([alice.close(), bob.close()]);
});

test("20,000 random and changed packets in a session neither throw nor deliver anything, and it goes on", { timeout: 60_000 }, async () => {
  await using pair = twoSecrets();
  const { alice, bob, relay } = pair;
  const real: string[] = [];
  relay.judge = (delivery) => {
    if (real.length < 100 || kindOf(delivery) !== "e4") real.push(delivery.packet.text);
    return "deliver";
  };
  const heard: unknown[] = [];
  bob.endpoint.onAny("n", (n: unknown) => heard.push(n));
  bob.endpoint.onAny("hi", () => "hello");
  for (let n = 0; n < 30; n++) {
    alice.endpoint.remote("bob").emit("n", n);
    await new Promise(setImmediate);
  }
  await alice.endpoint.remote("bob").emitWithAck("hi");
  const random = randomFrom(20_261_126);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

  for (let turn = 0; turn < 20_000; turn++) {
    const text = pick(real);
    const at = Math.floor(random() * text.length);
    const changed = random() < 0.2 ? text : text.slice(0, at) + String.fromCharCode(32 + Math.floor(random() * 200)) + text.slice(at + 1);
    bob.layer.receive(
      pick(["alice", "alice", "mallory"]),
      pick([changed, changed, 7, null]),
      random() < 0.1 ? [pick([new Uint8Array(40), "x", {}])] : [],
    );
    if (turn % 100 === 0) await new Promise(setImmediate);
  }

  await expect(alice.endpoint.remote("bob").emitWithAck("hi")).resolves.toBe("hello");
  expect(heard).toEqual(Array.from({ length: 30 }, (_, n) => n));
});
