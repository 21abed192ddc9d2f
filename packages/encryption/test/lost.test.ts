import { MemoryRelay, type Delivery } from "@peerloom/core/testing";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { ciphers, kindOf, lossOf, record, secretOn, twoSecrets, useCipher } from "./pair.ts";

describe.each(ciphers)("with %s cipher", (_name, cipher) => {
  beforeAll(() => useCipher(cipher));

  describe("an agreement whose", () => {
    test.each(["e1", "e2", "e3", "e4"])("first %s is lost is repaired", async (kind) => {
      await using pair = twoSecrets();
      const { alice, bob, relay } = pair;
      let isLost = false;
      relay.judge = (delivery) => {
        if (isLost || kindOf(delivery) !== kind) return "deliver";
        isLost = true;
        return "lose";
      };
      bob.endpoint.onAny("hi", () => "hello");

      await expect(alice.endpoint.remote("bob").emitWithAck("hi")).resolves.toBe("hello");
      expect(isLost).toBe(true);
    });

    test.each(["e1", "e2", "e3"])("first %s is refused by a busy relay goes on when that is ready", async (kind) => {
      await using pair = twoSecrets();
      const { alice, bob, relay } = pair;
      let isRefused = false;
      relay.judge = (delivery) => {
        if (isRefused || kindOf(delivery) !== kind) return "deliver";
        isRefused = true;
        setImmediate(() => (delivery.from === "alice" ? alice : bob).layer.ready(delivery.to));
        return "BUSY";
      };
      bob.endpoint.onAny("hi", () => "hello");

      await expect(alice.endpoint.remote("bob").emitWithAck("hi")).resolves.toBe("hello");
    });

    test.each(["alice", "bob"])("%s is cut off while it is under way goes on when it is back", async (id) => {
      await using pair = twoSecrets();
      const { alice, bob, relay } = pair;
      bob.endpoint.onAny("hi", () => "hello");
      relay.hold();
      const answer = alice.endpoint.remote("bob").emitWithAck("hi");
      await relay.nextPacket("alice");
      relay.cut(id);
      relay.release();
      relay.restore(id);

      await expect(answer).resolves.toBe("hello");
    });
  });
});

test("an agreement that nobody answers ends in a typed error", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const relay = new MemoryRelay(setImmediate);
  const [alice, bob] = [secretOn(relay, "alice", "alice-instance"), secretOn(relay, "bob", "bob-instance")];
  relay.judge = (delivery) => (kindOf(delivery) === "e2" ? "lose" : "deliver");

  const lost = await lossOf(alice, "bob");
  vi.useRealTimers();

  expect(lost).toBe("TIMEOUT");
  await Promise.all([alice.close(), bob.close()]);
});

test("a peer that restarts is told of, and spoken to under new keys", async () => {
  const relay = new MemoryRelay(setImmediate);
  const [alice, first] = [secretOn(relay, "alice", "alice-instance"), secretOn(relay, "bob", "bob-instance-1")];
  first.endpoint.onAny("hang", () => new Promise(() => {}));
  const hanging = alice.endpoint.remote("bob").emitWithAck("hang");
  await relay.nextPacket("bob");
  await expect.poll(() => first.endpoint.load.requests).toBe(1);

  const second = secretOn(relay, "bob", "bob-instance-2");
  second.endpoint.onAny("hi", () => "hello again");

  await expect(hanging).rejects.toMatchObject({ code: "PEER_RESTARTED" });
  await expect(alice.endpoint.remote("bob").emitWithAck("hi")).resolves.toBe("hello again");
  await Promise.all([alice.close(), first.close(), second.close()]);
});

test("what its predecessor had under way does not disturb a peer that has restarted", async () => {
  const relay = new MemoryRelay(setImmediate);
  const [alice, first] = [secretOn(relay, "alice", "alice-instance"), secretOn(relay, "bob", "bob-instance-1")];
  first.endpoint.onAny("hang", () => new Promise(() => {}));
  const late: Delivery[] = [];
  relay.judge = (delivery) => {
    if (delivery.from !== "bob" || kindOf(delivery) !== "e4") return "deliver";
    late.push(delivery);
    return "lose";
  };
  const hanging = alice.endpoint.remote("bob").emitWithAck("hang");
  await expect.poll(() => late.length).toBeGreaterThan(0);
  relay.judge = () => "deliver";

  const second = secretOn(relay, "bob", "bob-instance-2");
  second.endpoint.onAny("hi", () => "hello again");
  await expect(hanging).rejects.toMatchObject({ code: "PEER_RESTARTED" });
  const answer = alice.endpoint.remote("bob").emitWithAck("hi");
  for (const { packet } of late) alice.layer.receive("bob", packet.text, packet.attachments);

  await expect(answer).resolves.toBe("hello again");
  await Promise.all([alice.close(), first.close(), second.close()]);
});

test("a restart that the relay does not tell of is found out", async () => {
  const relay = new MemoryRelay(setImmediate);
  const [alice, first] = [secretOn(relay, "alice", "alice-instance"), secretOn(relay, "bob", "bob-instance-1")];
  first.endpoint.onAny("hi", () => 1);
  await alice.endpoint.remote("bob").emitWithAck("hi");
  alice.layer.presence = () => {};

  const second = secretOn(relay, "bob", "bob-instance-2");
  second.endpoint.onAny("hi", () => 2);

  await expect(alice.endpoint.remote("bob").emitWithAck("hi")).rejects.toMatchObject({ code: "PEER_RESTARTED" });
  await expect(alice.endpoint.remote("bob").emitWithAck("hi")).resolves.toBe(2);
  await Promise.all([alice.close(), first.close(), second.close()]);
});

test("old keys are replaced while messages go on, and both sides forget the old ones", async () => {
  let time = 1000;
  await using pair = twoSecrets({ alice: { now: () => time }, bob: { now: () => time } });
  const { alice, bob, relay } = pair;
  const seen = record(relay);
  bob.endpoint.onAny("n", (n: number) => n);
  const remote = alice.endpoint.remote("bob");
  await remote.emitWithAck("n", 0);
  time += 3_600_001;

  const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => remote.emitWithAck("n", n)));
  const later = [];
  for (let n = 0; n < 5; n++) later.push(await remote.emitWithAck("n", n));

  expect(answers).toEqual(Array.from({ length: 50 }, (_, n) => n));
  expect(later).toEqual([0, 1, 2, 3, 4]);
  const keys = new Set(seen.filter((text) => text.startsWith("e4")).map((text) => text.split(".")[1]));
  expect(keys.size).toBe(2);
});

test("the keys of a session that has ended are forgotten after a while, and the next one has its own", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  const relay = new MemoryRelay(setImmediate);
  const [alice, bob] = [secretOn(relay, "alice", "alice-instance"), secretOn(relay, "bob", "bob-instance")];
  bob.endpoint.onAny("hi", () => true);
  await alice.endpoint.remote("bob").emitWithAck("hi");
  expect(alice.encryption.peer("bob")).toBeDefined();

  relay.detach("bob");
  await vi.advanceTimersByTimeAsync(60_000);

  expect(alice.encryption.peer("bob")).toBeUndefined();
  expect(alice.endpoint.load.peers).toBe(0);
  await Promise.all([alice.close(), bob.close()]);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});
