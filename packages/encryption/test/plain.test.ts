import { MemoryRelay } from "@peerloom/core/testing";
import { Endpoint } from "@peerloom/session";
import { expect, test, vi } from "vitest";
import { record, secretOn } from "./pair.ts";

function plainOn(relay: MemoryRelay, id: string, instance: string): Endpoint {
  const endpoint = new Endpoint({ instance, transport: relay.transport(id) });
  relay.attach(id, instance, endpoint);
  return endpoint;
}

test("nothing is said in clear to a peer that does not encrypt: what is sent fails at once", async () => {
  const relay = new MemoryRelay(setImmediate);
  const seen = record(relay);
  const [alice, bob] = [secretOn(relay, "alice", "alice-instance"), plainOn(relay, "bob", "bob-instance")];
  const lost: string[] = [];
  alice.endpoint.on("undeliverable", ({ event, error }) => lost.push(`${event} ${error.code}`));
  const handled = vi.fn<() => void>();
  bob.onAny("secret", handled);

  alice.endpoint.remote("bob").emit("secret");
  await expect(alice.endpoint.remote("bob").emitWithAck("secret")).rejects.toMatchObject({ code: "NOT_ENCRYPTED" });

  expect(lost).toEqual(["secret NOT_ENCRYPTED"]);
  expect(handled).not.toHaveBeenCalled();
  expect(seen.join()).not.toContain("secret");
  await Promise.all([alice.close(), bob.close()]);
});

test("nothing in clear is taken: whoever says it is told why", async () => {
  const relay = new MemoryRelay(setImmediate);
  const [alice, bob] = [plainOn(relay, "alice", "alice-instance"), secretOn(relay, "bob", "bob-instance")];
  const handled = vi.fn<() => void>();
  bob.endpoint.onAny("hi", handled);

  await expect(alice.remote("bob").emitWithAck("hi", "x".repeat(10_000))).rejects.toMatchObject({ code: "NOT_ENCRYPTED" });

  expect(handled).not.toHaveBeenCalled();
  await Promise.all([alice.close(), bob.close()]);
});

test("peers that the application names are spoken to in clear", async () => {
  const relay = new MemoryRelay(setImmediate);
  const [alice, bob] = [
    plainOn(relay, "alice", "alice-instance"),
    secretOn(relay, "bob", "bob-instance", { plaintext: (id) => id === "alice" }),
  ];
  bob.endpoint.onAny("hi", () => "hello");
  alice.onAny("hi", () => "hello, too");

  await expect(alice.remote("bob").emitWithAck("hi")).resolves.toBe("hello");
  await expect(bob.endpoint.remote("alice").emitWithAck("hi")).resolves.toBe("hello, too");

  await Promise.all([alice.close(), bob.close()]);
});

test("a packet in clear in the middle of a session is not taken, and does not end it", async () => {
  const relay = new MemoryRelay(setImmediate);
  const [alice, bob] = [secretOn(relay, "alice", "alice-instance"), secretOn(relay, "bob", "bob-instance")];
  const handled = vi.fn<() => boolean>(() => true);
  bob.endpoint.onAny("hi", handled);
  await alice.endpoint.remote("bob").emitWithAck("hi");

  bob.layer.receive("alice", '[1,"alice-instance.1","",1,0,0,[0,"hi",[]]]', []);
  bob.layer.receive("alice", "", [new Uint8Array(3)]);
  bob.layer.receive("alice", 7, []);
  bob.layer.receive("alice", "e9.x", []);

  await expect(alice.endpoint.remote("bob").emitWithAck("hi")).resolves.toBe(true);
  expect(handled).toHaveBeenCalledTimes(2);
  expect(bob.malformed).toEqual(["plain", "plain", "plain", "encryption"]);
  await Promise.all([alice.close(), bob.close()]);
});

test("a peer that comes back without encryption ends the session with a typed error", async () => {
  const relay = new MemoryRelay(setImmediate);
  const [alice, first] = [secretOn(relay, "alice", "alice-instance"), secretOn(relay, "bob", "bob-instance-1")];
  first.endpoint.onAny("hi", () => true);
  await alice.endpoint.remote("bob").emitWithAck("hi");
  await first.close();
  const second = plainOn(relay, "bob", "bob-instance-2");
  const handled = vi.fn<() => void>();
  second.onAny("hi", handled);

  const outcomes = [];
  for (let n = 0; n < 2; n++)
    outcomes.push(
      await alice.endpoint
        .remote("bob")
        .emitWithAck("hi")
        .catch((error: unknown) => Reflect.get(error as object, "code")),
    );

  expect(outcomes.at(-1)).toBe("NOT_ENCRYPTED");
  expect(handled).not.toHaveBeenCalled();
  await Promise.all([alice.close(), second.close()]);
});
