import { PeerloomError } from "@peerloom/core";
import { expect, test } from "vitest";
import type { ServiceContext } from "../src/index.ts";
import { createWorld } from "./support/world.ts";

interface Math {
  add(a: number, b: number): number;
  slow(n: number): Promise<number>;
}

test("a method is called with the caller's arguments and a context, and its result comes back", async () => {
  await using world = createWorld();
  const [alice, bob] = [world.program("alice"), world.program("bob")];
  bob.services.provide("math", { add: (a: number, b: number, { from }: ServiceContext) => `${from}: ${a + b}` });

  const call = alice.services.service("math")["add"]?.(1, 2);

  expect(await call).toBe("alice: 3");
  expect(call?.provider).toBe("bob");
});

test("undefined, binary and numbers that JSON lacks cross both ways", async () => {
  await using world = createWorld();
  const [alice, bob] = [world.program("alice"), world.program("bob")];
  bob.services.provide("echo", { echo: (...args: unknown[]) => args.slice(0, -1) });

  const result = await alice.services.service("echo")["echo"]?.(undefined, new Uint8Array([1, 2]), NaN, { a: [undefined] });

  expect(result).toStrictEqual([undefined, new Uint8Array([1, 2]), NaN, { a: [undefined] }]);
});

test("a call of a service that nobody provides rejects with NO_PROVIDER at once", async () => {
  await using world = createWorld();
  const alice = world.program("alice");

  await expect(alice.services.service<Math>("math").add(1, 2)).rejects.toMatchObject({ code: "NO_PROVIDER" });
});

test("what a method throws reaches the caller with its code and message, and nothing else", async () => {
  await using world = createWorld();
  const [alice, bob] = [world.program("alice"), world.program("bob")];
  bob.services.provide("bank", {
    now: () => {
      throw new PeerloomError("POOR", "no money");
    },
    later: async () => {
      throw new Error("no reason");
    },
    odd: () => Promise.reject(null as unknown as Error),
  });
  const bank = alice.services.service<{ now(): void; later(): Promise<void>; odd(): Promise<void> }>("bank");

  await expect(bank.now()).rejects.toMatchObject({ code: "POOR", message: "no money", remote: true });
  await expect(bank.later()).rejects.toMatchObject({ code: "HANDLER_ERROR", message: "no reason", remote: true });
  await expect(bank.odd()).rejects.toMatchObject({ code: "HANDLER_ERROR", message: "null" });
});

test.each(["constructor", "toString", "__proto__", "hasOwnProperty", "valueOf", "nothing"])(
  "a method %s that the service does not have itself is NO_METHOD",
  async (name) => {
    await using world = createWorld();
    const [alice, bob] = [world.program("alice"), world.program("bob")];
    bob.services.provide("math", { add: () => 1 });

    await expect(alice.services.service("math")[name]?.()).rejects.toMatchObject({ code: "NO_METHOD" });
  },
);

test("a handle is no promise, and can be awaited and returned from an async function", async () => {
  await using world = createWorld();
  const [alice, bob] = [world.program("alice"), world.program("bob")];
  bob.services.provide("math", { add: (a: number, b: number) => a + b });

  const math = await (async () => alice.services.service<Math>("math"))();

  expect(await math.add(2, 2)).toBe(4);
  expect(() => bob.services.provide("trap", { ["th" + "en"]: () => 1 })).toThrow(TypeError);
});

test("providers take calls in turn, and one that withdrew gets none", async () => {
  await using world = createWorld();
  const alice = world.program("alice");
  const providers = ["b", "c", "d"].map((id) => world.program(id).services.provide("who", { me: () => id }));
  const who = alice.services.service<{ me(): string }>("who");

  const before = await Promise.all(Array.from({ length: 6 }, () => who.me()));
  await providers[1]?.withdraw();
  const after = await Promise.all(Array.from({ length: 4 }, () => who.me()));

  expect(before.toSorted()).toEqual(["b", "b", "c", "c", "d", "d"]);
  expect(after.toSorted()).toEqual(["b", "b", "d", "d"]);
});

test("the host goes before all others", async () => {
  await using world = createWorld({ hostId: "relay" });
  const alice = world.program("alice");
  for (const id of ["b", "relay", "c"]) world.program(id).services.provide("who", { me: () => id });
  const who = alice.services.service<{ me(): string }>("who");

  expect(new Set(await Promise.all(Array.from({ length: 6 }, () => who.me())))).toEqual(new Set(["relay"]));
});

test("a provider or a version can be asked for", async () => {
  await using world = createWorld();
  const alice = world.program("alice");
  world.program("b").services.provide("who", { me: () => "b" }, { version: "1.4.0" });
  world.program("c").services.provide("who", { me: () => "c" }, { version: "2.0.0" });
  const who = (options: object) => alice.services.service<{ me(): string }>("who", options).me();

  expect(await who({ version: "1" })).toBe("b");
  expect(await who({ version: "2.0.0" })).toBe("c");
  expect(await who({ provider: "c" })).toBe("c");
  await expect(who({ version: "1.4.0.1" })).rejects.toMatchObject({ code: "NO_PROVIDER" });
  await expect(who({ provider: "d" })).rejects.toMatchObject({ code: "NO_PROVIDER" });
});

test("a stale list does no harm: a provider that knows nothing of the service, or is not there, is passed over", async () => {
  await using world = createWorld();
  const alice = world.program("alice");
  for (const id of ["b", "stranger"]) world.program(id);
  for (const id of ["ghost", "b", "stranger"]) world.directory.set({ service: "who" }, { id, instance: "someinstance" });
  world.program("z").services.provide("who", { me: () => "z" });
  const who = alice.services.service<{ me(): string }>("who");

  expect(await Promise.all(Array.from({ length: 5 }, () => who.me()))).toEqual(["z", "z", "z", "z", "z"]);
});

test("a method whose error looks like a refusal of the library is not called twice", async () => {
  await using world = createWorld();
  const alice = world.program("alice");
  let calls = 0;
  for (const id of ["b", "c"]) {
    const refuse = (): never => {
      calls += 1;
      throw new PeerloomError("NO_PROVIDER", "of another service");
    };
    world.program(id).services.provide("front", { ask: refuse }, { idempotent: ["ask"] });
  }

  await expect(alice.services.service<{ ask(): void }>("front").ask()).rejects.toMatchObject({ code: "NO_PROVIDER", remote: true });
  expect(calls).toBe(1);
});

test("a provider that is lost during a call: the call fails with PEER_LOST, and goes elsewhere when its method is idempotent", async () => {
  await using world = createWorld();
  const alice = world.program("alice");
  const begun: string[] = [];
  const start = (id: string, isStuck: boolean) => {
    const program = world.program(id);
    const work = (): unknown => {
      begun.push(id);
      if (!isStuck) return id;
      void program.kill();
      return new Promise(() => {});
    };
    program.services.provide("work", { once: work, often: work }, { idempotent: ["often"] });
    return program;
  };
  start("b", true);
  start("c", true);
  const work = alice.services.service<{ once(): string; often(): string }>("work");

  await expect(work.once()).rejects.toMatchObject({ code: "PEER_LOST" });
  start("d", false);
  const call = work.often();

  expect(await call).toBe("d");
  expect(call.provider).toBe("d");
  expect(begun).toEqual(["b", "c", "d"]);
});

test("a call waits at most its time, and the provider is told the deadline and that nobody waits any more", async () => {
  await using world = createWorld();
  const [alice, bob] = [world.program("alice"), world.program("bob")];
  const seen = Promise.withResolvers<{ deadline: number; aborted: Promise<unknown> }>();
  bob.services.provide("slow", {
    wait: (context: ServiceContext) => {
      const aborted = new Promise((resolve) => context.signal.addEventListener("abort", () => resolve(context.signal.reason)));
      seen.resolve({ deadline: context.deadline, aborted });
      return new Promise(() => {});
    },
  });

  const call = alice.services.service<{ wait(): void }>("slow", { timeoutMs: 50 }).wait();

  await expect(call).rejects.toMatchObject({ code: "TIMEOUT" });
  const { deadline, aborted } = await seen.promise;
  expect(deadline - Date.now()).toBeLessThanOrEqual(50);
  expect(await aborted).toBeInstanceOf(PeerloomError);
});

test("a caller's signal ends its call, and the provider's signal aborts", async () => {
  await using world = createWorld();
  const [alice, bob] = [world.program("alice"), world.program("bob")];
  const begun = Promise.withResolvers<AbortSignal>();
  bob.services.provide("slow", {
    wait: ({ signal }: ServiceContext) => {
      begun.resolve(signal);
      return new Promise(() => {});
    },
  });
  const abort = new AbortController();

  const call = alice.services.service<{ wait(): void }>("slow", { signal: abort.signal }).wait();
  const signal = await begun.promise;
  const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  abort.abort();

  await expect(call).rejects.toMatchObject({ code: "ABORTED" });
  await aborted;
});

test("a service of one's own is called in process, with the same outcomes", async () => {
  await using world = createWorld();
  const alice = world.program("alice");
  alice.services.provide("math", {
    add: (a: number, b: number, { from }: ServiceContext) => `${from} ${a + b}`,
    fail: () => {
      throw new PeerloomError("POOR", "no money");
    },
  });
  const math = alice.services.service("math");

  const call = math["add"]?.(1, 2);

  expect(await call).toBe("alice 3");
  expect(call?.provider).toBe("alice");
  await expect(math["fail"]?.()).rejects.toMatchObject({ code: "POOR", remote: true });
  await expect(math["none"]?.()).rejects.toMatchObject({ code: "NO_METHOD" });
});

test("a program offers several services, and uses others meanwhile", async () => {
  await using world = createWorld();
  const [alice, bob] = [world.program("alice"), world.program("bob")];
  alice.services.provide("a1", { go: () => "a1" });
  alice.services.provide("a2", { go: () => bob.services.service<{ go(): string }>("a1").go() });
  bob.services.provide("b", { go: () => alice.services.service<{ go(): string }>("a2").go() });

  expect(await alice.services.service<{ go(): string }>("b").go()).toBe("a1");
});

test("an argument that cannot be carried is a TypeError, and nothing is sent", async () => {
  await using world = createWorld();
  const [alice, bob] = [world.program("alice"), world.program("bob")];
  bob.services.provide("echo", { echo: (value: unknown) => value, bad: () => () => 1 });
  const echo = alice.services.service("echo");

  await expect(echo["echo"]?.(() => 1)).rejects.toBeInstanceOf(TypeError);
  await expect(echo["bad"]?.()).rejects.toMatchObject({ code: "HANDLER_ERROR" });
  expect(await echo["echo"]?.(1)).toBe(1);
});

test("calls wait for a provider that is away, when there is no other", async () => {
  await using world = createWorld();
  const [alice, bob] = [world.program("alice"), world.program("bob")];
  bob.services.provide("math", { add: (a: number, b: number) => a + b });
  const math = alice.services.service<Math>("math");
  await math.add(1, 1);
  world.relay.cut("bob");
  world.directory.setState("math", "bob", "away");

  const call = math.add(1, 2);
  world.relay.restore("bob");

  expect(await call).toBe(3);
});

test("after the directory was lost, providers that it does not list yet are last, and forgotten when they do not come back", async () => {
  await using world = createWorld();
  const alice = world.program("alice");
  const [b, c] = [world.program("b"), world.program("c")];
  for (const { id, services } of [b, c]) services.provide("who", { me: () => id });
  const who = alice.services.service<{ me(): string }>("who");
  await Promise.all([who.me(), who.me()]);

  world.directory.forget("who", "b");
  world.directory.relist();
  const listed = await Promise.all([who.me(), who.me()]);
  world.directory.forget("who", "c");
  world.directory.relist();
  const unlisted = await Promise.all([who.me(), who.me()]);

  expect(listed).toEqual(["c", "c"]);
  expect(unlisted.toSorted()).toEqual(["b", "c"]);
});

test("an offer that the directory refuses is told, and over", async () => {
  await using world = createWorld();
  const bob = world.program("bob");
  world.directory.refusal = new PeerloomError("FORBIDDEN", "not you");

  const offer = bob.services.provide("math", { add: () => 1 });

  await expect(offer.ready).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect(bob.services.isProviding("math")).toBe(false);
});

test("a directory that refuses to tell makes the call fail, and is asked again by the next", async () => {
  await using world = createWorld();
  const [alice, bob] = [world.program("alice"), world.program("bob")];
  bob.services.provide("math", { add: () => 1 });
  world.directory.refusal = new PeerloomError("FORBIDDEN", "not you");
  const math = alice.services.service<Math>("math");

  await expect(math.add(1, 2)).rejects.toMatchObject({ code: "FORBIDDEN" });
  world.directory.refusal = undefined;

  expect(await math.add(1, 2)).toBe(1);
});

test("services are listed and watched", async () => {
  await using world = createWorld();
  const [alice, bob] = [world.program("alice"), world.program("bob")];
  const seen: unknown[] = [];
  const off = alice.services.watchServices((summary) => seen.push([summary.service, summary.providers]));

  const math = bob.services.provide("math", { add: () => 1 });
  await math.ready;
  const listed = await alice.services.services();
  await math.withdraw();
  off();

  expect(listed).toEqual([{ service: "math", providers: 1 }]);
  expect(seen).toEqual([
    ["math", 1],
    ["math", 0],
  ]);
});

test("close rejects what waits with CLOSED", async () => {
  const world = createWorld();
  const [alice, bob] = [world.program("alice"), world.program("bob")];
  const begun = Promise.withResolvers<void>();
  const wait = (): Promise<never> => {
    begun.resolve();
    return new Promise(() => {});
  };
  bob.services.provide("slow", { wait });
  const call = alice.services.service<{ wait(): void }>("slow").wait();
  call.catch(() => {});
  await begun.promise;

  await world[Symbol.asyncDispose]();

  await expect(call).rejects.toMatchObject({ code: "CLOSED" });
  await expect(alice.services.service<Math>("math").add(1, 2)).rejects.toMatchObject({ code: "CLOSED" });
});

test("a program that calls ever other services keeps a bounded number of lists, and calls the first again", async () => {
  await using world = createWorld();
  const [alice, bob] = [world.program("alice"), world.program("bob")];
  bob.services.provide("first", { go: () => "gone" });
  const first = alice.services.service<{ go(): string }>("first");
  await first.go();

  for (let n = 0; n < 600; n++)
    await expect(alice.services.service<Math>(`service ${n}`).add(1, 2)).rejects.toMatchObject({ code: "NO_PROVIDER" });

  expect(world.directory.watches).toBeLessThanOrEqual(500);
  expect(await first.go()).toBe("gone");
});
