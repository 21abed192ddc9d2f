import { PeerloomError } from "@peerloom/core";
import { expect, test } from "vitest";
import type { ServiceContext } from "../src/index.ts";
import { createWorld } from "./support/world.ts";

interface Counter {
  count(to: number): AsyncGenerator<number>;
  endless(): AsyncGenerator<unknown>;
  sum(numbers: AsyncIterable<number>): Promise<number>;
  upper(texts: AsyncIterable<string>): AsyncGenerator<string>;
  size(bytes: ReadableStream<Uint8Array>): Promise<number>;
}

const collect = async <T>(values: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
};

test("an async generator's values are streamed, and its context and arguments are those of a call", async () => {
  await using world = createWorld();
  const [alice, bob] = [world.program("alice"), world.program("bob")];
  bob.services.provide("counter", {
    async *count(to: number, { from }: ServiceContext) {
      for (let n = 1; n <= to; n++) yield `${from} ${n}`;
    },
  });
  const counter = alice.services.service<Counter>("counter");

  const call = counter.count(3);

  expect(await collect(call)).toEqual(["alice 1", "alice 2", "alice 3"]);
  expect(call.provider).toBe("bob");
  expect(await collect(await counter.count(0))).toEqual([]);
});

test("values of every kind stay as they are, in pieces no smaller than they were yielded", async () => {
  await using world = createWorld();
  const [alice, bob] = [world.program("alice"), world.program("bob")];
  const values = [undefined, null, [1], { a: [undefined] }, "x", new Uint8Array(200_000).fill(7), NaN];
  bob.services.provide("counter", {
    async *endless() {
      yield* values;
    },
  });

  expect(await collect(alice.services.service<Counter>("counter").endless())).toStrictEqual(values);
});

test("a generator runs no further than its reader reads, give or take the window", async () => {
  await using world = createWorld();
  const [alice, bob] = [world.program("alice"), world.program("bob")];
  let yielded = 0;
  const ended = Promise.withResolvers<void>();
  bob.services.provide("counter", {
    async *endless() {
      try {
        for (; ; yielded++) yield "x".repeat(10_000);
      } finally {
        ended.resolve();
      }
    },
  });
  const results = await alice.services.service<Counter>("counter").endless();

  const before = yielded;
  await results.next();
  await results.next();
  await results.return?.();
  await ended.promise;

  expect(before).toBe(0);
  expect(yielded).toBeLessThan(30);
});

test("leaving the loop early ends the generator, and aborts its signal", async () => {
  await using world = createWorld();
  const [alice, bob] = [world.program("alice"), world.program("bob")];
  const aborted = Promise.withResolvers<unknown>();
  bob.services.provide("counter", {
    async *endless({ signal }: ServiceContext) {
      yield 1;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      aborted.resolve(signal.reason);
    },
  });

  for await (const value of alice.services.service<Counter>("counter").endless()) {
    expect(value).toBe(1);
    break;
  }

  expect(await aborted.promise).toBeInstanceOf(PeerloomError);
});

test("an error in a generator comes after all that was yielded before", async () => {
  await using world = createWorld();
  const [alice, bob] = [world.program("alice"), world.program("bob")];
  bob.services.provide("counter", {
    async *endless() {
      for (let n = 0; n < 1000; n++) yield n;
      throw new PeerloomError("WORN_OUT", "no more");
    },
  });
  const seen: unknown[] = [];

  const reading = (async () => {
    for await (const value of alice.services.service<Counter>("counter").endless()) seen.push(value);
  })();

  await expect(reading).rejects.toMatchObject({ code: "WORN_OUT", message: "no more", remote: true });
  expect(seen).toHaveLength(1000);
});

test("a value that cannot be carried ends the stream with an error, not in silence", async () => {
  await using world = createWorld();
  const [alice, bob] = [world.program("alice"), world.program("bob")];
  bob.services.provide("counter", {
    async *endless() {
      yield () => 1;
    },
  });

  await expect(collect(alice.services.service<Counter>("counter").endless())).rejects.toMatchObject({ remote: true });
});

test("the caller's signal ends a streamed result", async () => {
  await using world = createWorld();
  const [alice, bob] = [world.program("alice"), world.program("bob")];
  const ended = Promise.withResolvers<void>();
  bob.services.provide("counter", {
    async *endless() {
      try {
        for (;;) yield "x".repeat(10_000);
      } finally {
        ended.resolve();
      }
    },
  });
  const abort = new AbortController();

  const reading = (async () => {
    for await (const _ of alice.services.service<Counter>("counter", { signal: abort.signal }).endless()) abort.abort();
  })();

  await expect(reading).rejects.toMatchObject({ code: "ABORTED" });
  await ended.promise;
});

test("a streamed result survives a cut of either side, and dies with its provider", async () => {
  await using world = createWorld();
  const [alice, bob] = [world.program("alice"), world.program("bob")];
  bob.services.provide("counter", {
    async *count(to: number) {
      for (let n = 1; n <= to; n++) yield n;
    },
  });
  const counter = alice.services.service<Counter>("counter");
  const seen: number[] = [];

  for await (const n of counter.count(20_000)) {
    seen.push(n);
    if (n === 5000) world.relay.cut("bob");
    if (n === 5001) world.relay.restore("bob");
    if (n === 9000) {
      world.relay.cut("alice");
      world.relay.restore("alice");
    }
  }
  const dying = (async () => {
    for await (const n of counter.count(1e9)) if (n === 10) await bob.kill();
  })();

  expect(seen).toEqual(Array.from({ length: 20_000 }, (_, n) => n + 1));
  await expect(dying).rejects.toMatchObject({ code: expect.stringMatching(/^(PEER_LOST|CLOSED)$/) as string });
}, 30_000);

test("a service without streams that is iterated says so", async () => {
  await using world = createWorld();
  const [alice, bob] = [world.program("alice"), world.program("bob")];
  bob.services.provide("math", { add: () => 1 });

  await expect(collect(alice.services.service<{ add(): AsyncGenerator<number> }>("math").add())).rejects.toBeInstanceOf(TypeError);
});

test("arguments that are streams travel as streams: generators, web streams, both ways at once", async () => {
  await using world = createWorld();
  const [alice, bob] = [world.program("alice"), world.program("bob")];
  bob.services.provide("counter", {
    sum: async (numbers: AsyncIterable<number>) => (await collect(numbers)).reduce((sum, n) => sum + n, 0),
    size: async (bytes: AsyncIterable<Uint8Array>) => (await collect(bytes)).reduce((sum, { length }) => sum + length, 0),
    async *upper(texts: AsyncIterable<string>) {
      for await (const text of texts) yield text.toUpperCase();
    },
  });
  const counter = alice.services.service<Counter>("counter");
  async function* numbers(): AsyncGenerator<number> {
    for (let n = 1; n <= 1000; n++) yield n;
  }
  async function* texts(): AsyncGenerator<string> {
    yield* ["a", "b"];
  }

  expect(await counter.sum(numbers())).toBe(500_500);
  expect(await counter.size(new Blob([new Uint8Array(300_000)]).stream())).toBe(300_000);
  expect(await collect(counter.upper(texts()))).toEqual(["A", "B"]);
});

test("an argument's error reaches the method, and a method that stops reading ends the argument", async () => {
  await using world = createWorld();
  const [alice, bob] = [world.program("alice"), world.program("bob")];
  bob.services.provide("counter", {
    sum: async (numbers: AsyncIterable<number>) => {
      for await (const n of numbers) if (n === 2) return n;
      return 0;
    },
  });
  const counter = alice.services.service<Counter>("counter");
  const ended = Promise.withResolvers<void>();
  async function* endless(): AsyncGenerator<number> {
    try {
      for (let n = 0; ; n++) yield n;
    } finally {
      ended.resolve();
    }
  }
  async function* failing(): AsyncGenerator<number> {
    yield 1;
    throw new PeerloomError("TORN", "no more");
  }

  expect(await counter.sum(endless())).toBe(2);
  await ended.promise;
  await expect(counter.sum(failing())).rejects.toMatchObject({ code: "TORN" });
});

test("an argument that the method never reads is let go of when the call is over", async () => {
  await using world = createWorld();
  const [alice, bob] = [world.program("alice"), world.program("bob")];
  bob.services.provide("counter", { sum: () => 7 });
  const { promise, resolve } = Promise.withResolvers<void>();
  const argument = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise<never>(() => {}),
      return: async () => (resolve(), { done: true as const, value: 0 }),
    }),
  };

  expect(await alice.services.service<Counter>("counter").sum(argument)).toBe(7);
  await promise;

  expect(alice.services.load.streams).toBe(0);
});

test("nobody can open a stream that was offered to another", async () => {
  await using world = createWorld();
  const [alice, bob, eve] = [world.program("alice"), world.program("bob"), world.program("eve")];
  bob.services.provide("counter", {
    async *count() {
      yield 1;
    },
  });
  const results = await alice.services.service<Counter>("counter").count(1);

  const theft = eve.endpoint.openStreamTo("bob", "peerloom:values", { metadata: 1 });

  await expect(theft).rejects.toMatchObject({ code: "NO_HANDLER" });
  expect(await collect(results)).toEqual([1]);
});
