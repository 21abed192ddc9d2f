import { describe, expect, test } from "vitest";
import { PeerloomError, type Client, type MessageContext } from "../src/index.ts";
import { Inbox, inboxOf, reaches } from "./support/events.ts";
import { Proxy } from "./support/proxy.ts";
import { TestRelay } from "./support/relay.ts";

async function pairOf(relay: TestRelay): Promise<{ alice: Client; bob: Client }> {
  const [alice, bob] = await Promise.all([relay.connect("alice"), relay.connect("bob")]);
  return { alice, bob };
}

describe("messages", () => {
  test("arrive in order with the sender's proven id", async () => {
    await using relay = await TestRelay.start();
    const { alice, bob } = await pairOf(relay);
    const inbox = new Inbox<[string, MessageContext]>();
    bob.onAny("greet", (text: string, ctx: MessageContext) => inbox.push([text, ctx]));

    for (const text of ["one", "two", "three"]) alice.remote("bob").emit("greet", text);

    expect(await inbox.takeMany(3)).toEqual([
      ["one", { from: "alice" }],
      ["two", { from: "alice" }],
      ["three", { from: "alice" }],
    ]);
  });

  test("reach handlers bound to one peer only from that peer", async () => {
    await using relay = await TestRelay.start();
    const { alice, bob } = await pairOf(relay);
    const carol = await relay.connect("carol");
    const inbox = new Inbox<string>();
    bob.remote("alice").on("greet", inbox.push);
    bob.onAny("done", () => inbox.push("done"));

    carol.remote("bob").emit("greet", "from carol");
    await carol.remote("bob").emitWithAck("done");
    alice.remote("bob").emit("greet", "from alice");

    expect(await inbox.takeMany(2)).toEqual(["done", "from alice"]);
  });

  test("carry binary at any depth and undefined in its place", async () => {
    await using relay = await TestRelay.start();
    const { alice, bob } = await pairOf(relay);
    bob.onAny("echo", (...args: unknown[]) => args.slice(0, -1));
    const small = new Uint8Array([1, 2, 3]);
    const large = new Uint8Array(300_000).map((_, index) => index % 251);
    const args = [undefined, { deep: [{ small, large, missing: undefined }] }, new Uint8Array(2000).fill(9).buffer, NaN, undefined, -0];

    const echoed = await alice.remote("bob").emitWithAck("echo", ...args);

    expect(echoed).toEqual(args);
  });

  test.each<[string, unknown]>([
    ["a function", () => {}],
    ["a BigInt", 1n],
    ["a cycle", Object.assign([], { 0: null }) as unknown],
    ["a Map", new Map()],
  ])("with %s are a TypeError at the sender", async (name, value) => {
    await using relay = await TestRelay.start();
    const alice = await relay.connect("alice");
    if (name === "a cycle") (value as unknown[])[0] = value;

    expect(() => alice.remote("bob").emit("greet", { value })).toThrow(TypeError);
    await expect(alice.remote("bob").emitWithAck("greet", value)).rejects.toThrow(TypeError);
  });

  test("to somebody who is not there are told as undeliverable", async () => {
    await using relay = await TestRelay.start();
    const alice = await relay.connect("alice");
    const inbox = inboxOf(alice, "undeliverable");

    alice.remote("nobody").emit("greet", "hi");

    expect(await inbox.take()).toMatchObject({ to: "nobody", event: "greet", error: { code: "PEER_NOT_FOUND" } });
  });

  test("that a handler chokes on are told as error there, and the next ones arrive", async () => {
    await using relay = await TestRelay.start();
    const { alice, bob } = await pairOf(relay);
    const errors = inboxOf(bob, "error");
    const inbox = new Inbox<number>();
    bob.onAny("number", (n: number) => {
      if (n === 1) throw new Error("not this one");
      inbox.push(n);
    });

    for (const n of [1, 2]) alice.remote("bob").emit("number", n);

    expect(await inbox.take()).toBe(2);
    expect(await errors.take()).toMatchObject({ from: "alice", event: "number", error: { message: "not this one" } });
  });
});

describe("requests", () => {
  test("resolve to what the handler returned, after it did", async () => {
    await using relay = await TestRelay.start();
    const { alice, bob } = await pairOf(relay);
    bob.onAny("sum", async (a: number, b: number) => a + b);

    expect(await alice.remote("bob").emitWithAck("sum", 1, 2)).toBe(3);
  });

  test("reject with the handler's code and message", async () => {
    await using relay = await TestRelay.start();
    const { alice, bob } = await pairOf(relay);
    bob.onAny("fail", () => {
      throw new PeerloomError("NO_MONEY", "not enough");
    });

    await expect(alice.remote("bob").emitWithAck("fail")).rejects.toMatchObject({ code: "NO_MONEY", message: "not enough", remote: true });
    await expect(alice.remote("bob").emitWithAck("other")).rejects.toMatchObject({ code: "NO_HANDLER" });
  });

  test("end in TIMEOUT or ABORTED when the caller stops waiting", async () => {
    await using relay = await TestRelay.start();
    const { alice, bob } = await pairOf(relay);
    bob.onAny("never", () => new Promise(() => {}));
    const abort = new AbortController();

    const timed = alice.remote("bob").timeout(30).emitWithAck("never");
    const aborted = alice.remote("bob").with({ signal: abort.signal }).emitWithAck("never");
    abort.abort();

    await expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
    await expect(timed).rejects.toMatchObject({ code: "TIMEOUT" });
  });

  test("to somebody who is not there reject at once", async () => {
    await using relay = await TestRelay.start();
    const alice = await relay.connect("alice");

    await expect(alice.remote("nobody").emitWithAck("sum")).rejects.toMatchObject({ code: "PEER_NOT_FOUND" });
  });

  test("reach the relay itself", async () => {
    await using relay = await TestRelay.start();
    const alice = await relay.connect("alice");
    relay.server.onAny("time", () => 12);
    alice.onAny("name", () => "Alice");

    expect(await alice.remote(alice.relayId ?? "").emitWithAck("time")).toBe(12);
    expect(await relay.server.remote("alice").emitWithAck("name")).toBe("Alice");
  });
});

describe("once and in order", () => {
  test("holds while the connection of one side is cut again and again", async () => {
    await using relay = await TestRelay.start();
    await using proxy = await Proxy.start(relay.port);
    const alice = await relay.connect("alice", { url: proxy.url });
    const bob = await relay.connect("bob");
    const inbox = new Inbox<number>();
    bob.onAny("number", inbox.push);
    bob.onAny("ask", (n: number) => n);
    const total = 5000;

    const answers: Promise<unknown>[] = [];
    for (let n = 0; n < total; n++) {
      alice.remote("bob").emit("number", n);
      if (n % 50 === 0) answers.push(alice.remote("bob").emitWithAck("ask", n));
      if (n % 500 === 250) {
        await inbox.holds(inbox.all.length + 1);
        proxy.cut();
      }
    }

    expect(await inbox.takeMany(total)).toEqual(Array.from({ length: total }, (_, n) => n));
    expect(await Promise.all(answers)).toEqual(Array.from({ length: total / 50 }, (_, n) => n * 50));
  });

  test("holds while the relay is restarted on its port", async () => {
    await using relay = await TestRelay.start();
    const { alice, bob } = await pairOf(relay);
    const inbox = new Inbox<number>();
    bob.onAny("number", inbox.push);

    for (let n = 0; n < 200; n++) alice.remote("bob").emit("number", n);
    await inbox.takeMany(1);
    await relay.stop();
    for (let n = 200; n < 400; n++) alice.remote("bob").emit("number", n);
    await relay.startAgain();
    for (let n = 400; n < 600; n++) alice.remote("bob").emit("number", n);
    await inbox.takeMany(599);

    expect(inbox.all).toEqual(Array.from({ length: 600 }, (_, n) => n));
    await reaches(alice, "online");
  });

  test("is answered with back-pressure: emit says false, drained resolves", async () => {
    await using relay = await TestRelay.start();
    const alice = await relay.connect("alice", { limits: { session: { highWaterBytes: 100_000, maxQueuedBytes: 300_000 } } });
    const bob = await relay.connect("bob");
    const inbox = new Inbox<number>();
    bob.onAny("chunk", (_: string, n: number) => inbox.push(n));
    const remote = alice.remote("bob");

    let waits = 0;
    for (let n = 0; n < 100; n++) {
      if (remote.emit("chunk", "x".repeat(50_000), n)) continue;
      waits += 1;
      await remote.drained();
    }
    await inbox.takeMany(100);

    expect(waits).toBeGreaterThan(0);
    expect(() => {
      for (let n = 0; n < 100; n++) remote.emit("chunk", "x".repeat(50_000), n);
    }).toThrow(expect.objectContaining({ code: "OVERFLOW" }));
  });
});
