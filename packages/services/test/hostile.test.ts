import { expect, test } from "vitest";
import { createWorld } from "./support/world.ts";

const call = "peerloom:call";

test.each([
  ["nothing", []],
  ["no method", ["math"]],
  ["a service that is no name", ["", "add", 0, []]],
  ["a method that is no name", ["math", 7, 0, []]],
  ["a time that is none", ["math", "add", -1, []]],
  ["a time that is no number", ["math", "add", "soon", []]],
  ["arguments that are no list", ["math", "add", 0, "args"]],
  ["too many arguments", ["math", "add", 0, Array.from({ length: 256 }, () => 0)]],
  ["streams that are no list", ["math", "add", 0, [], 7]],
  ["a stream for an argument that is not there", ["math", "add", 0, [1], [[1, 1]]]],
  ["a stream without a token", ["math", "add", 0, [1], [[0]]]],
])("a call with %s is refused with BAD_REQUEST", async (_what, args) => {
  await using world = createWorld();
  const [eve, bob] = [world.program("eve"), world.program("bob")];
  let calls = 0;
  bob.services.provide("math", { add: () => (calls += 1) });

  await expect(eve.endpoint.requestInternal("bob", call, args)).rejects.toMatchObject({ code: "BAD_REQUEST" });
  expect(calls).toBe(0);
});

test.each([
  ["service", ["__proto__", "add", 0, []], "NO_PROVIDER"],
  ["service", ["constructor", "add", 0, []], "NO_PROVIDER"],
  ["method", ["math", "__proto__", 0, []], "NO_METHOD"],
  ["method", ["math", "toString", 0, []], "NO_METHOD"],
])("a prototype's name as %s: %j is %s", async (_what, args, code) => {
  await using world = createWorld();
  const [eve, bob] = [world.program("eve"), world.program("bob")];
  bob.services.provide("math", { add: () => 1 });

  await expect(eve.endpoint.requestInternal("bob", call, args)).rejects.toMatchObject({ code });
});

test.each([[null], [[]], [[3]], [[0, 1, 2]], [[1, "X"]], [[1, 2, 3]], [[2, -1]], [{ value: 1 }], ["value"]])(
  "an answer that is none, %j, is a PROTOCOL_ERROR of the call and of nothing else",
  async (answer) => {
    await using world = createWorld();
    const [alice, eve] = [world.program("alice"), world.program("eve")];
    eve.endpoint.handleInternal(call, () => answer);
    world.directory.set({ service: "math", idempotent: ["add"] }, { id: "eve", instance: "eve-instance" });

    await expect(alice.services.service("math")["add"]?.()).rejects.toMatchObject({ code: "PROTOCOL_ERROR" });
  },
);

test("a stream of results that was never offered ends in an error", async () => {
  await using world = createWorld();
  const [alice, eve] = [world.program("alice"), world.program("eve")];
  eve.endpoint.handleInternal(call, () => [2, 99]);
  world.directory.set({ service: "math" }, { id: "eve", instance: "eve-instance" });

  const results = (await alice.services.service("math")["count"]?.()) as AsyncIterator<unknown>;

  await expect(results.next()).rejects.toMatchObject({ code: "NO_HANDLER" });
});

test("values of a stream that are none end it", async () => {
  await using world = createWorld();
  const [alice, eve] = [world.program("alice"), world.program("eve")];
  eve.services.provide("math", {
    count: () => ({ [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: () => 1 }) }) }),
  });

  const results = (await alice.services.service("math")["count"]?.()) as AsyncIterator<unknown>;

  await expect(results.next()).rejects.toMatchObject({ remote: true });
});

test("streams opened with tokens of nobody's are refused, a thousand of them", async () => {
  await using world = createWorld();
  const [eve, bob] = [world.program("eve"), world.program("bob")];
  bob.services.provide("math", { add: () => 1 });
  const tokens = [undefined, null, "1", -1, 0.5, {}, ...Array.from({ length: 1000 }, (_, n) => n)];

  for (const metadata of tokens)
    await expect(eve.endpoint.openStreamTo("bob", "peerloom:values", { metadata })).rejects.toMatchObject({ code: "NO_HANDLER" });

  expect(bob.endpoint.load.streams).toBe(0);
});

test("an argument that claims to be a stream and is not one of the caller's fails in the method that reads it", async () => {
  await using world = createWorld();
  const [eve, bob] = [world.program("eve"), world.program("bob")];
  bob.services.provide("math", {
    sum: async (numbers: AsyncIterable<number>) => {
      for await (const n of numbers) return n;
      return 0;
    },
  });

  expect(await eve.endpoint.requestInternal("bob", call, ["math", "sum", 0, [null], [[0, 7]]])).toMatchObject({ 0: 1, 1: "NO_HANDLER" });
});
