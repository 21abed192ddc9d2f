import { expect, test } from "vitest";
import type { ServiceContext, ServiceSummary } from "../src/index.ts";
import { Inbox, reaches } from "./support/events.ts";
import { TestRelay } from "./support/relay.ts";

interface Who {
  me(): string;
}
interface Counter {
  count(to: number): AsyncGenerator<number>;
  sum(numbers: AsyncIterable<number>): Promise<number>;
}

test("a client provides a service, another calls it, and knows who answered", async () => {
  await using relay = await TestRelay.start();
  const [alice, bob] = [await relay.connect("alice"), await relay.connect("bob")];
  await bob.provide("math", { add: (a: number, b: number, { from }: ServiceContext) => `${from} ${a + b}` }).ready;

  const call = alice.service("math")["add"]?.(1, 2);

  expect(await call).toBe("alice 3");
  expect(call?.provider).toBe("bob");
});

test("without a provider a call rejects with NO_PROVIDER at once, and works as soon as there is one", async () => {
  await using relay = await TestRelay.start();
  const [alice, bob] = [await relay.connect("alice"), await relay.connect("bob")];
  const who = alice.service<Who>("who");

  await expect(who.me()).rejects.toMatchObject({ code: "NO_PROVIDER" });
  await bob.provide("who", { me: () => "bob" }).ready;

  expect(await who.me()).toBe("bob");
});

test("providers take turns; the relay's own goes first; who withdraws or leaves gets no more calls", async () => {
  await using relay = await TestRelay.start();
  const alice = await relay.connect("alice");
  const [b, c] = [await relay.connect("b"), await relay.connect("c")];
  await Promise.all([b, c].map((client) => client.provide("who", { me: () => client.id }).ready));
  const who = alice.service<Who>("who");
  const ask = async (): Promise<string[]> => (await Promise.all([who.me(), who.me(), who.me(), who.me()])).toSorted();

  const counts = new Inbox<ServiceSummary>();
  alice.watchServices(counts.push);
  await counts.take();

  const clients = await ask();
  const own = relay.server.provide("who", { me: () => "relay" });
  await counts.take();
  const relays = await ask();
  await own.withdraw();
  await counts.take();
  const again = await ask();
  await b.close();
  const left = await ask();

  expect(clients).toEqual(["b", "b", "c", "c"]);
  expect(relays).toEqual(["relay", "relay", "relay", "relay"]);
  expect(again).toEqual(["b", "b", "c", "c"]);
  expect(left).toEqual(["c", "c", "c", "c"]);
});

test("the relay calls services, its own and those of clients, and streams cross both ways", async () => {
  await using relay = await TestRelay.start();
  const alice = await relay.connect("alice");
  const methods = {
    async *count(to: number) {
      for (let n = 1; n <= to; n++) yield n;
    },
    sum: async (numbers: AsyncIterable<number>) => {
      let sum = 0;
      for await (const n of numbers) sum += n;
      return sum;
    },
  };
  await alice.provide("counter", methods).ready;
  await relay.server.provide("own", methods).ready;
  async function* numbers(): AsyncGenerator<number> {
    yield* [1, 2, 3];
  }
  const seen: number[] = [];

  for await (const n of relay.server.service<Counter>("counter").count(3)) seen.push(n);
  for await (const n of relay.server.service<Counter>("own").count(2)) seen.push(n);
  for await (const n of alice.service<Counter>("own").count(1)) seen.push(n);

  expect(seen).toEqual([1, 2, 3, 1, 2, 1]);
  expect(await relay.server.service<Counter>("counter").sum(numbers())).toBe(6);
  expect(await alice.service<Counter>("own").sum(numbers())).toBe(6);
});

test("providers are listed again after a reconnect and after the relay was restarted, and callers' lists heal", async () => {
  await using relay = await TestRelay.start({ sessionTimeoutMs: 5000 });
  const [alice, bob] = [await relay.connect("alice"), await relay.connect("bob")];
  await bob.provide("who", { me: () => "bob" }).ready;
  const who = alice.service<Who>("who");
  await who.me();

  await relay.stop();
  const meanwhile = who.me();
  await relay.startAgain();

  expect(await meanwhile).toBe("bob");
  await reaches(bob, "online");
  const carol = await relay.connect("carol");
  expect(await eventually(() => carol.service<Who>("who").me())).toBe("bob");
});

test("a service that was withdrawn while its provider was offline is not listed again", async () => {
  await using relay = await TestRelay.start();
  const [alice, bob] = [await relay.connect("alice"), await relay.connect("bob")];
  const offer = bob.provide("who", { me: () => "bob" });
  await offer.ready;
  await alice.service<Who>("who").me();

  await relay.stop();
  await reaches(bob, "offline");
  await offer.withdraw();
  await relay.startAgain();
  await Promise.all([reaches(alice, "online"), reaches(bob, "online")]);

  await expect(alice.service<Who>("who").me()).rejects.toMatchObject({ code: "NO_PROVIDER" });
  expect(await alice.services()).toEqual([]);
});

test("services are listed in pages and watched, also over a restart of the relay", async () => {
  await using relay = await TestRelay.start({ limits: { servicesPerClient: 500 } });
  const [alice, bob] = [await relay.connect("alice"), await relay.connect("bob")];
  const names = Array.from({ length: 230 }, (_, n) => `service-${String(n).padStart(3, "0")}`);
  await Promise.all(names.map((name) => bob.provide(name, { me: () => name }).ready));
  const seen = new Inbox<ServiceSummary>();
  const listed = await alice.services();
  const off = alice.watchServices(seen.push);
  await seen.takeMany(230);

  await alice.provide("late", { me: () => "late" }).ready;
  const late = await seen.take();
  off();

  expect(listed.map(({ service }) => service)).toEqual(names);
  expect(late).toEqual({ service: "late", providers: 1 });
});

test("a hook decides who may provide, call and list what", async () => {
  await using relay = await TestRelay.start({
    authorize: (action) => {
      if (action.type === "provide") return action.from === "bob";
      if (action.type === "service") return action.service !== "secret";
      return action.type !== "services";
    },
  });
  const [alice, bob] = [await relay.connect("alice"), await relay.connect("bob")];

  const refused = alice.provide("math", { add: () => 1 });
  await bob.provide("secret", { add: () => 1 }).ready;

  await expect(refused.ready).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(alice.service("secret")["add"]?.()).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(alice.services()).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect(alice.load.services).toBe(0);
});

test("services and providers are bounded", async () => {
  await using relay = await TestRelay.start({ limits: { servicesPerClient: 1, providersPerService: 1, metadataBytes: 100 } });
  const [alice, bob] = [await relay.connect("alice"), await relay.connect("bob")];
  const methods = { me: () => 1 };
  await alice.provide("a", methods).ready;

  await expect(alice.provide("b", methods).ready).rejects.toMatchObject({ code: "LIMIT" });
  await expect(bob.provide("a", methods).ready).rejects.toMatchObject({ code: "LIMIT" });
  await expect(bob.provide("c", methods, { metadata: "x".repeat(200) }).ready).rejects.toMatchObject({ code: "TOO_LARGE" });
});

test("10 000 calls over three providers that are closed and made again: each ends in its value, and none runs twice", async () => {
  await using relay = await TestRelay.start({ sessionTimeoutMs: 500 });
  const alice = await relay.connect("alice");
  const runs = new Map<number, number>();
  const start = async (id: string) => {
    const client = await relay.connect(id);
    const run = async (n: number): Promise<number> => {
      runs.set(n, (runs.get(n) ?? 0) + 1);
      if (n % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
      return n;
    };
    await client.provide("work", { run }).ready;
    return client;
  };
  const providers = await Promise.all(["b", "c", "d"].map(start));
  const work = alice.service<{ run(n: number): number }>("work", { timeoutMs: 20_000 });
  const codes: Record<string, number> = {};
  let next = 0;
  let isOver = false;
  const caller = async (): Promise<void> => {
    while (next < 10_000) {
      const n = next++;
      const outcome = await work.run(n).then(
        (value) => (value === n ? "value" : "wrong"),
        (error: { code?: string }) => String(error.code),
      );
      codes[outcome] = (codes[outcome] ?? 0) + 1;
    }
  };
  const churn = async (): Promise<void> => {
    for (let turn = 0; !isOver; turn = (turn + 1) % 3) {
      const old = providers[turn];
      await old?.close();
      providers[turn] = await start(["b", "c", "d"][turn] as string);
    }
  };

  const churning = churn();
  await Promise.all(Array.from({ length: 64 }, caller));
  isOver = true;
  await churning;

  // A provider that is closed lets its callers go on with another: not one call is lost.
  expect(codes).toEqual({ value: 10_000 });
  expect([...runs.values()].filter((count) => count > 1)).toEqual([]);
}, 60_000);

test("close leaves nothing: no service, no call, nothing at the relay", async () => {
  await using relay = await TestRelay.start();
  const [alice, bob] = [await relay.connect("alice"), await relay.connect("bob")];
  const begun = Promise.withResolvers<void>();
  bob.provide("slow", { wait: () => (begun.resolve(), new Promise(() => {})) });
  const gone = new Inbox<ServiceSummary>();
  const carol = await relay.connect("carol");
  carol.watchServices(gone.push);
  await gone.take();
  const call = alice.service<{ wait(): void }>("slow").wait();
  const outcome = call.then(
    () => "value",
    (error: { code: string }) => error.code,
  );
  await begun.promise;

  await Promise.all([alice.close(), bob.close()]);

  expect(["CLOSED", "PEER_LOST"]).toContain(await outcome);
  expect(await gone.take()).toEqual({ service: "slow", providers: 0 });
  expect(bob.load).toMatchObject({ services: 0, topics: 0 });
});

/** Calls until it does not reject with NO_PROVIDER: the list of a restarted relay fills as its clients come back. */
async function eventually<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (thrown) {
      if ((thrown as { code?: string }).code !== "NO_PROVIDER") throw thrown;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
