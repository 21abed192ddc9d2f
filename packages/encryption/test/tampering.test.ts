import { MemoryRelay, randomFrom, type Delivery } from "@peerloom/core/testing";
import { createIdentity, type TrustHook } from "@peerloom/encryption";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { ciphers, kindOf, lossOf, replace, secretOn, twoSecrets, useCipher, type Pair } from "./pair.ts";

const count = 300;
const all = Array.from({ length: count }, (_, n) => n);

/** Sends numbers both ways, some with a binary beside them, and returns what was heard. */
async function chatter({ alice, bob }: Pair): Promise<{ alice: number[]; bob: number[] }> {
  const heard = { alice: [] as number[], bob: [] as number[] };
  for (const [name, secret] of [
    ["alice", alice],
    ["bob", bob],
  ] as const) {
    secret.endpoint.onAny("n", (n: number, bytes: unknown) => {
      if (bytes instanceof Uint8Array && (bytes.length !== 5000 || bytes.some((byte) => byte !== n % 256))) throw new Error("changed");
      heard[name].push(n);
    });
    secret.endpoint.onAny("done", () => true);
  }
  for (const n of all) {
    const binary = n % 10 === 0 ? [new Uint8Array(5000).fill(n % 256)] : [];
    alice.endpoint.remote("bob").emit("n", n, ...binary);
    bob.endpoint.remote("alice").emit("n", n, ...binary);
    if (n % 20 === 0) await new Promise(setImmediate);
  }
  await Promise.all([alice.endpoint.remote("bob").emitWithAck("done"), bob.endpoint.remote("alice").emitWithAck("done")]);
  return heard;
}

function flip({ packet }: Delivery, random: () => number): Delivery["packet"] {
  const [attachment] = packet.attachments;
  if (attachment !== undefined) {
    const bytes = new Uint8Array(attachment);
    const at = Math.floor(random() * bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    return { text: packet.text, attachments: [bytes] };
  }
  const at = Math.floor(random() * packet.text.length);
  const letter = String.fromCharCode((packet.text.codePointAt(at) ?? 0) ^ (1 << Math.floor(random() * 6)));
  return { text: packet.text.slice(0, at) + letter + packet.text.slice(at + 1), attachments: [] };
}

describe.each(ciphers)("with %s cipher", (_name, cipher) => {
  beforeAll(() => useCipher(cipher));

  describe("a relay that now and then", () => {
    const deeds: readonly [string, (delivery: Delivery, pair: Pair, random: () => number) => "deliver" | "lose"][] = [
      ["flips a bit", (delivery, pair, random) => replace(delivery, flip(delivery, random), pair)],
      ["drops a packet", () => "lose"],
      [
        "says a packet again, at once and later",
        ({ from, to, packet }, pair) => {
          const layer = to === "bob" ? pair.bob.layer : pair.alice.layer;
          layer.receive(from, packet.text, packet.attachments);
          setTimeout(() => layer.receive(from, packet.text, packet.attachments), 5);
          return "deliver";
        },
      ],
      [
        "holds a packet back until others have passed it",
        ({ from, to, packet }, pair) => {
          setTimeout(() => (to === "bob" ? pair.bob : pair.alice).layer.receive(from, packet.text, packet.attachments), 3);
          return "lose";
        },
      ],
      [
        "gives a packet back to its sender as if the other had sent it",
        ({ from, to, packet }, pair) => {
          (from === "bob" ? pair.bob : pair.alice).layer.receive(to, packet.text, packet.attachments);
          return "deliver";
        },
      ],
      [
        "brings a packet under another name",
        ({ to, packet }, pair) => {
          (to === "bob" ? pair.bob : pair.alice).layer.receive("mallory", packet.text, packet.attachments);
          return "lose";
        },
      ],
    ];

    test.each(deeds)("%s is repaired: everything comes once, in order, unchanged", { timeout: 60_000 }, async (_what, deed) => {
      await using pair = twoSecrets();
      const random = randomFrom(11);
      pair.relay.judge = (delivery) => (random() < 0.1 && delivery.to !== "mallory" ? deed(delivery, pair, random) : "deliver");
      const wrong = vi.fn<() => void>();
      for (const secret of [pair.alice, pair.bob]) secret.endpoint.on("error", wrong);

      const heard = await chatter(pair);

      expect(heard).toEqual({ alice: all, bob: all });
      expect(wrong).not.toHaveBeenCalled();
    });
  });
});

test("a relay that changes everything ends the session with FORGED", async () => {
  let time = 1000;
  await using pair = twoSecrets({ alice: { now: () => time }, bob: { now: () => time } });
  const { alice, bob, relay } = pair;
  bob.endpoint.onAny("hi", () => true);
  await alice.endpoint.remote("bob").emitWithAck("hi");
  const random = randomFrom(3);
  relay.judge = (delivery) => {
    if (delivery.from === "bob" && kindOf(delivery) === "e4") {
      const [kind, id, n, box = ""] = delivery.packet.text.split(".");
      const at = Math.floor(random() * 8) + 4;
      time += 4000;
      const text = `${kind}.${id}.${n}.${box.slice(0, at)}${box[at] === "A" ? "B" : "A"}${box.slice(at + 1)}`;
      return replace(delivery, { text, attachments: [] }, pair);
    }
    return "deliver";
  };

  await expect(alice.endpoint.remote("bob").emitWithAck("hi")).rejects.toMatchObject({ code: "FORGED" });
});

test("a relay that changes every answer to a hello ends in FORGED", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const relay = new MemoryRelay(setImmediate);
  const [alice, bob] = [secretOn(relay, "alice", "alice-instance"), secretOn(relay, "bob", "bob-instance")];
  relay.judge = (delivery) => {
    if (kindOf(delivery) === "e2") {
      const fields = delivery.packet.text.split(".");
      const box = fields[4] ?? "";
      const text = [...fields.slice(0, 4), `${box[0] === "A" ? "B" : "A"}${box.slice(1)}`].join(".");
      return replace(delivery, { text, attachments: [] }, { alice, bob });
    }
    return "deliver";
  };

  const lost = await lossOf(alice, "bob");
  vi.useRealTimers();

  expect(lost).toBe("FORGED");
  await Promise.all([alice.close(), bob.close()]);
});

test("a relay in the middle, with keys of its own for both, is found out by who knows a key", async () => {
  const [left, right] = [new MemoryRelay(setImmediate), new MemoryRelay(setImmediate)];
  const known = await createIdentity();
  const trust = vi.fn<TrustHook>(({ publicKey }) => publicKey === known.publicKey);
  const alice = secretOn(left, "alice", "alice-instance", { trust });
  const falseBob = secretOn(left, "bob", "false-bob-instance");
  const falseAlice = secretOn(right, "alice", "false-alice-instance");
  const bob = secretOn(right, "bob", "bob-instance", { identity: known });
  const heard = vi.fn<() => void>();
  falseBob.endpoint.onAny("secret", heard);

  await expect(alice.endpoint.remote("bob").emitWithAck("secret")).rejects.toMatchObject({ code: "UNTRUSTED" });

  expect(heard).not.toHaveBeenCalled();
  expect(trust).toHaveBeenCalledOnce();
  await Promise.all([alice.close(), bob.close(), falseAlice.close(), falseBob.close()]);
});

const nobody = { connected() {}, disconnected() {}, receive() {}, refused() {}, ready() {}, presence() {} };

test("a relay that hands a handshake on under other ids gets no keys agreed on", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const relay = new MemoryRelay(setImmediate);
  const alice = secretOn(relay, "alice", "alice-instance");
  const bob = secretOn(relay, "bob", "bob-instance");
  const heard = vi.fn<() => void>();
  bob.endpoint.onAny("hi", heard);
  // Alice believes that she speaks to carol.
  relay.judge = ({ from, packet }) => {
    const [to, name] = from === "alice" ? [bob, "alice"] : [alice, "carol"];
    to.layer.receive(name, packet.text, packet.attachments);
    return "lose";
  };
  relay.attach("carol", "carol-instance", nobody);

  const lost = await lossOf(alice, "carol");
  vi.useRealTimers();

  expect(["FORGED", "TIMEOUT"]).toContain(lost);
  expect(heard).not.toHaveBeenCalled();
  await Promise.all([alice.close(), bob.close()]);
});
