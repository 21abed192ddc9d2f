import { PeerloomError, type MessageContext } from "@peerloom/core";
import { expect, test } from "vitest";
import { twoEndpoints } from "./pair.ts";

test("an event reaches its handler with its arguments and the sender", async () => {
  await using pair = twoEndpoints();
  const { promise, resolve } = Promise.withResolvers<unknown[]>();
  pair.bob.onAny("greet", (...args: unknown[]) => resolve(args));

  const isBelowMark = pair.alice.remote("bob").emit("greet", "hi", 2, null, [true], { a: 1 });

  expect(isBelowMark).toBe(true);
  expect(await promise).toEqual(["hi", 2, null, [true], { a: 1 }, { from: "alice" }]);
});

test("binary, undefined and odd numbers arrive as they were, at any depth", async () => {
  await using pair = twoEndpoints();
  pair.bob.onAny("echo", (value: unknown) => value);
  const big = Uint8Array.from({ length: 3000 }, (_, index) => index % 256);
  const value = {
    small: new Uint8Array([1, 2]),
    deep: [{ big }],
    nothing: undefined,
    numbers: [NaN, -0, Infinity],
    buffer: big.slice().buffer,
  };

  const answer = (await pair.alice.remote("bob").emitWithAck("echo", value)) as typeof value;

  expect(answer).toEqual(value);
  expect(Object.is(answer.numbers[1], -0)).toBe(true);
  expect(answer.buffer).toBeInstanceOf(ArrayBuffer);
  expect(Object.hasOwn(answer, "nothing")).toBe(true);
});

test("a request resolves to what the handler returned, also later", async () => {
  await using pair = twoEndpoints();
  pair.bob.onAny("sum", async (a: number, b: number) => a + b);

  expect(await pair.alice.remote("bob").emitWithAck("sum", 1, 2)).toBe(3);
});

test("a handler that throws rejects the caller with its code and message", async () => {
  await using pair = twoEndpoints();
  pair.bob.onAny("fail", () => {
    throw Object.assign(new Error("no such row"), { code: "ENOROW" });
  });

  await expect(pair.alice.remote("bob").emitWithAck("fail")).rejects.toMatchObject({
    code: "ENOROW",
    message: "no such row",
    remote: true,
  });
});

test("a request nobody handles rejects with NO_HANDLER", async () => {
  await using pair = twoEndpoints();

  await expect(pair.alice.remote("bob").emitWithAck("nothing")).rejects.toMatchObject({ code: "NO_HANDLER" });
});

test("a request to an absent id rejects with PEER_NOT_FOUND, an event is reported undeliverable", async () => {
  await using pair = twoEndpoints();
  const undeliverable = Promise.withResolvers<unknown>();
  pair.alice.on("undeliverable", undeliverable.resolve);

  pair.alice.remote("nobody").emit("greet");

  await expect(pair.alice.remote("nobody").emitWithAck("sum")).rejects.toMatchObject({ code: "PEER_NOT_FOUND" });
  expect(await undeliverable.promise).toMatchObject({ to: "nobody", event: "greet", error: { code: "PEER_NOT_FOUND" } });
});

test("a request that takes too long rejects with TIMEOUT and aborts the handler's signal", async () => {
  await using pair = twoEndpoints();
  const aborted = Promise.withResolvers<unknown>();
  pair.bob.onAny("wait", (context: MessageContext) => {
    context.signal?.addEventListener("abort", () => aborted.resolve(context.signal?.reason));
    return new Promise(() => {});
  });

  await expect(pair.alice.remote("bob").timeout(20).emitWithAck("wait")).rejects.toMatchObject({ code: "TIMEOUT" });
  expect(await aborted.promise).toMatchObject({ code: "ABORTED" });
});

test("a message larger than a packet travels in parts", async () => {
  await using pair = twoEndpoints();
  pair.bob.onAny("echo", (...args: unknown[]) => args.slice(0, -1));
  const text = 'ä"😀'.repeat(60_000);
  const bytes = Uint8Array.from({ length: 300_001 }, (_, index) => (index * 7) % 256);
  const many = Array.from({ length: 20 }, (_, index) => new Uint8Array(2000).fill(index));

  expect(await pair.alice.remote("bob").emitWithAck("echo", text, bytes, many)).toEqual([text, bytes, many]);
});

test.each([
  ["a function", () => {}],
  ["a BigInt", 1n],
  ["a symbol", Symbol("s")],
  ["a Date", new Date(0)],
  ["a Map", new Map()],
  ["a Float64Array", new Float64Array(1)],
])("%s is refused with a TypeError that names its place", async (_name, value) => {
  await using pair = twoEndpoints();

  expect(() => pair.alice.remote("bob").emit("x", 1, { deep: [value] })).toThrow(/^argument 2\.deep\[0\] is a .* and cannot be sent$/);
  expect(() => pair.alice.remote("bob").emit("x", value)).toThrow(TypeError);
});

test("a cycle and a __proto__ key are refused with a TypeError", async () => {
  await using pair = twoEndpoints();
  const cycle: unknown[] = [];
  cycle.push(cycle);

  expect(() => pair.alice.remote("bob").emit("x", cycle)).toThrow(/cycle/);
  expect(() => pair.alice.remote("bob").emit("x", JSON.parse('{"__proto__":1}'))).toThrow(/__proto__/);
});

test("emit returns false above the mark, and drained resolves when the peer has taken it", async () => {
  await using pair = twoEndpoints();
  const bob = pair.alice.remote("bob");
  let received = 0;
  pair.bob.onAny("tick", () => void (received += 1));
  const payload = "x".repeat(1000);

  let sent = 0;
  for (let rounds = 0; rounds < 3; rounds++) {
    while (bob.emit("tick", payload)) sent += 1;
    sent += 1;
    await bob.drained();
  }
  await bob.emitWithAck("sync").catch((error: unknown) => PeerloomError.is(error, "NO_HANDLER"));

  expect(received).toBe(sent);
});

test("a queue that is never drained ends in OVERFLOW, not in memory", async () => {
  await using pair = twoEndpoints();
  const bob = pair.alice.remote("bob");
  pair.relay.hold();

  const fill = (): void => {
    for (;;) bob.emit("tick", "x".repeat(10_000));
  };

  expect(fill).toThrow(expect.objectContaining({ code: "OVERFLOW" }));
  // What may wait and what may be under way, and the message that went over.
  expect(pair.alice.load.bytes).toBeLessThan(16_777_216 + 1_572_864 + 20_000);
});
