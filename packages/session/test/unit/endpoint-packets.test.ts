import { Endpoint } from "@peerloom/session";
import { expect, test, vi } from "vitest";
import { Outbox } from "../../src/outbox.ts";
import { SendWindow } from "../../src/send-window.ts";
import { twoEndpoints } from "../pair.ts";
import { victim } from "./victim.ts";

const attachments = (count: number): Uint8Array[] => Array.from({ length: count }, () => new Uint8Array(5));

test("a lost frame of a stream goes again though messages fill more than the streams' share", () => {
  const outbox = new Outbox();
  const sent = new SendWindow(outbox, 1_048_576);
  outbox.push({ text: "s", parts: [], bytes: 60_000, isBulk: true }, 1);
  sent.take();
  for (let n = 0; n < 10; n++) outbox.push({ text: "m", parts: [], bytes: 60_000 });
  while (sent.take() !== undefined);

  sent.markLost(0, 1);

  expect(sent.take()?.first).toBe(0);
});

test("the oldest lost frame goes again though more is under way than the window allows since a refusal", () => {
  const outbox = new Outbox();
  const sent = new SendWindow(outbox, 1_048_576);
  for (let n = 0; n < 16; n++) outbox.push({ text: "m", parts: [], bytes: 60_000 });
  while (sent.take() !== undefined);

  sent.markLost(0, 1);
  sent.shrink();

  expect(sent.take()?.first).toBe(0);
});

test("a refusal never widens a small window", () => {
  const sent = new SendWindow(new Outbox(), 5000);

  sent.shrink();

  expect(sent.limit).toBe(5000);
});

test("what an answer has acknowledged is not acknowledged once more", async () => {
  await using pair = twoEndpoints();
  pair.bob.onAny("ask", () => "answer");
  const senders: string[] = [];
  const { promise: answerAcknowledged, resolve } = Promise.withResolvers<void>();
  pair.relay.judge = ({ from }) => {
    senders.push(from);
    // Bob has had what to acknowledge for longer than Alice.
    if (senders.length > 2 && from === "alice") resolve();
    return "deliver";
  };

  await pair.alice.remote("bob").emitWithAck("ask");
  await answerAcknowledged;

  expect(senders).toEqual(["alice", "bob", "alice"]);
});

test("what one refusal left behind is delivered", async () => {
  await using pair = twoEndpoints();
  const received: number[] = [];
  const { promise: all, resolve } = Promise.withResolvers<void>();
  pair.bob.onAny("number", (n: number) => {
    received.push(n);
    if (received.length === 30) resolve();
  });
  let packets = 0;
  pair.relay.judge = ({ from }) => {
    if (from !== "alice" || (packets += 1) > 1) return "deliver";
    setImmediate(() => pair.alice.ready("bob"));
    return "BUSY";
  };

  for (let n = 0; n < 30; n++) pair.alice.remote("bob").emit("number", n, "x".repeat(60_000));
  await all;

  expect(received).toEqual(Array.from({ length: 30 }, (_, n) => n));
});

test("a session timeout of Infinity waits for ever", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  await using pair = twoEndpoints({ sessionTimeoutMs: Infinity });
  pair.bob.onAny("hi", () => 1);
  await pair.alice.remote("bob").emitWithAck("hi");
  const gone: unknown[] = [];
  pair.alice.onGone((event) => gone.push(event));

  pair.relay.cut("bob");
  await vi.advanceTimersByTimeAsync(86_400_000);

  expect(gone).toEqual([]);
  vi.useRealTimers();
});

test("a new session of the peer that claims to know ours is reset, not mixed into it", async () => {
  await using world = await victim();
  const handled: unknown[] = [];
  world.alice.onAny("x", (n: number) => handled.push(n));
  world.alice.onAny("ask", () => 1);
  world.hostile("mallory", '[1,"mallory-instance.1","",0,0,0,[1,1,"ask",[]]]');
  await world.turn();

  world.hostile("mallory", `[1,"mallory-instance.2","${world.sessionFor("mallory")}",0,0,0,[0,"x",[1]]]`);
  await world.turn();

  expect(handled).toEqual([]);
});

test.each([
  ["attachments without a frame", '[1,"mallory-instance.1","",0,0,0]', 1],
  [
    "nine attachments",
    `[1,"mallory-instance.1","",0,0,0,[0,"x",[${"0,".repeat(8)}0],[${Array.from({ length: 9 }, (_, n) => `[[${n}],"b",${n}]`).join(",")}]]]`,
    9,
  ],
])("a packet with %s is malformed", async (_name, text, count) => {
  await using world = await victim();
  const malformed: unknown[] = [];
  world.alice.on("malformed", (event) => malformed.push(event));

  world.hostile("mallory", text, attachments(count));

  expect(malformed).toHaveLength(1);
});

test("a request that was cancelled is answered no more, also when its handler rejects later", async () => {
  await using world = await victim();
  const failing = Promise.withResolvers<never>();
  world.alice.onAny("wait", () => failing.promise);
  world.hostile("mallory", '[1,"mallory-instance.1","",0,0,0,[1,1,"wait",[]],[4,1]]');
  await world.turn();
  world.takeSent();

  failing.reject(new Error("late"));
  await world.turn();
  await world.turn();

  expect(world.takeSent().flatMap(({ packet }) => packet.frames)).toEqual([]);
});

test("an instance that no peer would accept is refused", () => {
  const transport = { send: () => true, watch: () => {}, unwatch: () => {} };

  expect(() => new Endpoint({ instance: "no", transport })).toThrow(TypeError);
});
