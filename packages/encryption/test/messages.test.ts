import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { ciphers, record, twoSecrets, useCipher } from "./pair.ts";

describe.each(ciphers)("with %s cipher", (_name, cipher) => {
  beforeAll(() => useCipher(cipher));

  test("requests are answered, and the relay sees nothing of them", async () => {
    await using pair = twoSecrets();
    const { alice, bob, relay } = pair;
    const seen = record(relay);
    bob.endpoint.onAny("secret-sum", (a: number, b: number) => `the secret answer is ${a + b}`);

    const answer = await alice.endpoint.remote("bob").emitWithAck("secret-sum", 1, 2);

    expect(answer).toBe("the secret answer is 3");
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.join("\n")).not.toMatch(/secret/);
    expect([...alice.malformed, ...bob.malformed]).toEqual([]);
  });

  test("binaries cross whole, small ones inside the text and large ones beside it, and the relay sees nothing of them", async () => {
    await using pair = twoSecrets();
    const { alice, bob, relay } = pair;
    const seen = record(relay);
    const large = Buffer.alloc(200_000, "a marker that must not be seen;");
    const small = new Uint8Array(Buffer.from("a marker that must not be seen"));
    bob.endpoint.onAny("echo", (...args: unknown[]) => args.slice(0, -1));

    const answer = await alice.endpoint.remote("bob").emitWithAck("echo", large, small, "a marker that must not be seen");

    expect(answer).toEqual([new Uint8Array(large), small, "a marker that must not be seen"]);
    const all = seen.join("\n");
    expect(all.length).toBeGreaterThan(400_000);
    expect(all).not.toContain("marker");
    expect(all).not.toContain(Buffer.from("a marker that must").toString("base64"));
  });

  test("the first message goes with the last word of the agreement: one round trip after it was sent", async () => {
    await using pair = twoSecrets();
    const { alice, bob, relay } = pair;
    const seen = record(relay);
    bob.endpoint.onAny("hi", () => "hello");

    await alice.endpoint.remote("bob").emitWithAck("hi");

    expect(seen.slice(0, 4).map((text) => text.slice(0, 2))).toEqual(["e1", "e2", "e3", "e4"]);
  });

  test("two that begin at once agree on one channel, and nothing is lost, doubled or out of order", async () => {
    await using pair = twoSecrets();
    const { alice, bob } = pair;
    const got: { readonly [id: string]: number[] } = { alice: [], bob: [] };
    const count = 2000;
    alice.endpoint.onAny("n", (n: number) => got["alice"]?.push(n));
    bob.endpoint.onAny("n", (n: number) => got["bob"]?.push(n));
    alice.endpoint.onAny("done", () => true);
    bob.endpoint.onAny("done", () => true);

    for (let n = 0; n < count; n++) {
      alice.endpoint.remote("bob").emit("n", n);
      bob.endpoint.remote("alice").emit("n", n);
    }
    await Promise.all([alice.endpoint.remote("bob").emitWithAck("done"), bob.endpoint.remote("alice").emitWithAck("done")]);

    const all = Array.from({ length: count }, (_, n) => n);
    expect(got).toEqual({ alice: all, bob: all });
  });

  test("a stream crosses whole", async () => {
    await using pair = twoSecrets();
    const { alice, bob } = pair;
    const bytes = randomBytes(3_000_000);
    const received = new Promise<Buffer>((resolve, reject) => {
      bob.endpoint.onStream("up", (stream) => {
        void Array.fromAsync(stream.readable as ReadableStream<Uint8Array>).then((parts) => resolve(Buffer.concat(parts)), reject);
      });
    });

    const stream = await alice.endpoint.remote("bob").openStream("up");
    const writer = stream.writable.getWriter();
    await writer.write(new Uint8Array(bytes));
    await writer.close();

    expect((await received).equals(bytes)).toBe(true);
  });

  test("a peer that is not there is told of at once", async () => {
    await using pair = twoSecrets();

    await expect(pair.alice.endpoint.remote("carol").emitWithAck("hi")).rejects.toMatchObject({ code: "PEER_NOT_FOUND" });
  });

  test("the last words of a peer that goes come before its going", async () => {
    await using pair = twoSecrets();
    const { alice, bob, relay } = pair;
    const heard: string[] = [];
    bob.endpoint.onAny("hi", () => true);
    bob.endpoint.onAny("last", () => heard.push("last"));
    const gone = new Promise<void>((resolve) => {
      bob.endpoint.on("gone", () => {
        heard.push("gone");
        resolve();
      });
    });
    await alice.endpoint.remote("bob").emitWithAck("hi");
    const under = relay.nextPacket("alice");
    alice.endpoint.remote("bob").emit("last");
    const delivery = await under;
    // Both in the same turn: the packet is still being opened when the relay tells that its sender is gone.
    relay.judge = () => "lose";
    bob.layer.receive("alice", delivery.packet.text, delivery.packet.attachments);
    bob.layer.presence({ id: "alice", state: "gone", instance: "alice-instance", reason: "closed" });
    await gone;

    expect(heard).toEqual(["last", "gone"]);
  });

  test("a sender that is faster than sealing is held back, and memory stays bounded", async () => {
    await using pair = twoSecrets();
    const { alice, bob } = pair;
    bob.endpoint.onAny("done", () => true);
    let most = 0;
    const binary = new Uint8Array(60_000);

    for (let n = 0; n < 300; n++) {
      if (!alice.endpoint.remote("bob").emit("x", binary)) await alice.endpoint.remote("bob").drained();
      most = Math.max(most, alice.layer.bytes, bob.layer.bytes);
    }
    await alice.endpoint.remote("bob").emitWithAck("done");

    expect(most).toBeLessThan(2_000_000);
    await expect.poll(() => alice.layer.bytes + bob.layer.bytes).toBe(0);
  });
});
