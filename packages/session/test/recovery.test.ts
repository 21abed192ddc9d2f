import { PeerloomError, type MessageContext } from "@peerloom/core";
import { encodePacket } from "@peerloom/protocol";
import { expect, test, vi } from "vitest";
import { endpointOn, twoEndpoints, type Pair } from "./pair.ts";

/** Counts what `bob` handles; resolves `done` when `total` numbers have come, and checks that they came once and in order. */
function expectNumbers(pair: Pair, total: number): { readonly received: number[]; readonly done: Promise<void> } {
  const received: number[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  pair.bob.onAny("number", (n: number) => {
    received.push(n);
    if (received.length === total) resolve();
  });
  return { received, done: promise };
}

const upTo = (total: number): number[] => Array.from({ length: total }, (_, index) => index);

test("what was under way when the connection was cut arrives once and in order", async () => {
  await using pair = twoEndpoints();
  const { received, done } = expectNumbers(pair, 300);
  const bob = pair.alice.remote("bob");

  for (const n of upTo(100)) bob.emit("number", n);
  await pair.relay.nextPacket("alice");
  pair.relay.cut("alice");
  for (const n of upTo(100)) bob.emit("number", 100 + n);
  pair.relay.restore("alice");
  await pair.relay.nextPacket("alice");
  pair.relay.cut("bob");
  for (const n of upTo(100)) bob.emit("number", 200 + n);
  pair.relay.restore("bob");
  await done;

  expect(received).toEqual(upTo(300));
});

test("a packet lost without a word is asked for again when the next one comes", async () => {
  await using pair = twoEndpoints();
  const { received, done } = expectNumbers(pair, 3);
  const bob = pair.alice.remote("bob");
  let packets = 0;
  pair.relay.judge = ({ from }) => (from === "alice" && (packets += 1) === 2 ? "lose" : "deliver");

  for (const n of upTo(3)) {
    const sent = pair.relay.nextPacket("alice");
    bob.emit("number", n);
    await sent;
  }
  await done;

  expect(received).toEqual([0, 1, 2]);
});

test("many losses, of what goes again too, are found out without waiting", async () => {
  await using pair = twoEndpoints();
  const { received, done } = expectNumbers(pair, 30);
  const bob = pair.alice.remote("bob");
  bob.emit("greeting");
  await pair.relay.nextPacket("alice");
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const lost = new Set([2, 3, 5, 8, 9, 13, 21, 25, 26, 31, 33]);
  let packets = 0;
  pair.relay.judge = ({ from }) => (from === "alice" && lost.has((packets += 1)) ? "lose" : "deliver");

  for (const n of upTo(30)) {
    const sent = pair.relay.nextPacket("alice");
    bob.emit("number", n);
    await sent;
  }
  await done;

  expect(received).toEqual(upTo(30));
  expect(packets).toBeGreaterThan(35);
  vi.useRealTimers();
});

test("the last packet before silence is sent again when it was lost", async () => {
  await using pair = twoEndpoints();
  const { received, done } = expectNumbers(pair, 1);
  let packets = 0;
  pair.relay.judge = () => ((packets += 1) === 1 ? "lose" : "deliver");

  pair.alice.remote("bob").emit("number", 0);
  await done;

  expect(received).toEqual([0]);
});

test("packets refused as BUSY are sent again when the relay says ready", async () => {
  await using pair = twoEndpoints();
  const { received, done } = expectNumbers(pair, 2000);
  const bob = pair.alice.remote("bob");
  let isBusy = true;
  pair.relay.judge = ({ from }) => (isBusy && from === "alice" ? "BUSY" : "deliver");

  for (const n of upTo(2000)) bob.emit("number", n, "x".repeat(100));
  await vi.waitUntil(() => pair.relay.inFlight === 0);
  isBusy = false;
  pair.alice.ready("bob");
  await done;

  expect(received).toEqual(upTo(2000));
});

test("a peer that stays away for the session timeout is lost: requests reject, handlers go, gone is told once", async () => {
  await using pair = twoEndpoints({ sessionTimeoutMs: 30 });
  pair.bob.onAny("wait", () => new Promise(() => {}));
  pair.bob.onAny("hello", () => "hi");
  const bob = pair.alice.remote("bob");
  await bob.emitWithAck("hello");
  const gone: unknown[] = [];
  pair.alice.onGone((event) => gone.push(event));
  let calls = 0;
  bob.on("late", () => void (calls += 1));
  const request = bob.emitWithAck("wait");

  pair.relay.cut("bob");

  await expect(request).rejects.toMatchObject({ code: "PEER_LOST" });
  expect(gone).toMatchObject([{ id: "bob", error: { code: "PEER_LOST" } }]);
  pair.relay.restore("bob");
  pair.bob.remote("alice").emit("late");
  await bob.emitWithAck("hello");
  expect(calls).toBe(0);
});

test("a peer that restarted under its id ends what was pending with PEER_RESTARTED and can be talked to at once", async () => {
  await using pair = twoEndpoints();
  pair.bob.onAny("wait", () => new Promise(() => {}));
  const bob = pair.alice.remote("bob");
  const request = bob.emitWithAck("wait");
  await vi.waitUntil(() => pair.bob.load.requests > 0);

  pair.relay.detach("bob");
  await using again = endpointOn(pair.relay, "bob", "bob-other-instance");
  again.onAny("hello", () => "hi");

  await expect(request).rejects.toSatisfy((error) => PeerloomError.is(error, "PEER_RESTARTED") || PeerloomError.is(error, "PEER_LOST"));
  expect(await bob.emitWithAck("hello")).toBe("hi");
});

test("closing rejects what waits with CLOSED and leaves nothing behind", async () => {
  const pair = twoEndpoints();
  pair.bob.onAny("wait", () => new Promise(() => {}));
  const request = pair.alice.remote("bob").emitWithAck("wait");
  await vi.waitUntil(() => pair.bob.load.requests > 0);

  await pair.alice.close();

  await expect(request).rejects.toMatchObject({ code: "CLOSED" });
  expect(() => pair.alice.remote("bob").emit("x")).toThrow(expect.objectContaining({ code: "CLOSED" }));
  await pair[Symbol.asyncDispose]();
});

test("both sides may start talking at the same moment", async () => {
  await using pair = twoEndpoints();
  pair.alice.onAny("hello", () => "alice here");
  pair.bob.onAny("hello", () => "bob here");

  const answers = await Promise.all([pair.alice.remote("bob").emitWithAck("hello"), pair.bob.remote("alice").emitWithAck("hello")]);

  expect(answers).toEqual(["bob here", "alice here"]);
  expect([pair.alice.load.peers, pair.bob.load.peers]).toEqual([1, 1]);
});

test("a client can talk to itself", async () => {
  await using pair = twoEndpoints();
  pair.alice.onAny("echo", (text: string, { from }: MessageContext) => `${from}: ${text}`);

  expect(await pair.alice.remote("alice").emitWithAck("echo", "hi")).toBe("alice: hi");
});

test("a malformed packet ends the session with PROTOCOL_ERROR on both sides", async () => {
  await using pair = twoEndpoints();
  pair.bob.onAny("wait", () => new Promise(() => {}));
  const request = pair.alice.remote("bob").emitWithAck("wait");
  await vi.waitUntil(() => pair.bob.load.requests > 0);
  const malformed: unknown[] = [];
  pair.bob.on("malformed", (event) => malformed.push(event));

  pair.bob.receive("alice", '[1,"x', []);

  await expect(request).rejects.toMatchObject({ code: "PROTOCOL_ERROR" });
  expect(malformed).toHaveLength(1);
});

test("a peer that was there, has not answered yet and is unknown to a restarted relay may be on its way back", async () => {
  await using pair = twoEndpoints();
  const { received, done } = expectNumbers(pair, 1);
  pair.relay.hold();
  const sent = pair.relay.nextPacket("alice");
  pair.alice.remote("bob").emit("number", 0);
  await sent;

  pair.alice.presence({ id: "bob", state: "absent" });
  pair.relay.release();
  pair.alice.presence({ id: "bob", state: "here", instance: "bob-instance" });
  await done;

  expect(received).toEqual([0]);
});

test("what may have reached one instance is not sent to another", async () => {
  await using pair = twoEndpoints();
  const { received } = expectNumbers(pair, 1);
  pair.relay.judge = () => "lose";
  const undeliverable = new Promise((resolve) => pair.alice.on("undeliverable", resolve));
  const sent = pair.relay.nextPacket("alice");
  pair.alice.remote("bob").emit("number", 0);
  await sent;

  pair.alice.presence({ id: "bob", state: "here", instance: "bob-instance" });
  pair.alice.presence({ id: "bob", state: "here", instance: "bob-restarted" });

  expect(await undeliverable).toMatchObject({ to: "bob", event: "number", error: { code: "PEER_RESTARTED" } });
  expect(received).toEqual([]);
});

test("a peer that asks on and on and takes no answer is cut off with OVERFLOW", async () => {
  await using pair = twoEndpoints({ limits: { windowBytes: 4096, maxQueuedBytes: 20_000 } });
  const gone: unknown[] = [];
  pair.bob.onGone((event) => gone.push(event));

  for (let n = 0; gone.length === 0 && n < 10_000; n++) {
    const header = { source: "mallory-instance.1", destination: "", first: n, ack: 0, extension: undefined };
    pair.bob.receive("mallory", encodePacket(header, [`[1,${n},"nothing",[]]`]), []);
  }

  expect(gone).toMatchObject([{ id: "mallory", error: { code: "OVERFLOW" } }]);
});
