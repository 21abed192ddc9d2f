import { connect, type Client } from "@peerloom/client";
import { encrypt } from "@peerloom/encryption";
import { createRelay } from "@peerloom/server";
import { afterAll, beforeAll, expect, test } from "vitest";

const relay = createRelay({ warn: () => {} });
let url: string;
beforeAll(async () => ({ url } = await relay.listen(0, "127.0.0.1")));
afterAll(() => relay.close());

const open = (clientId: string): Promise<Client> => connect(url, { clientId, encryption: encrypt() });

test("clients of a relay that encrypt pair, call services and stream as others do, and hold nothing when they are closed", async () => {
  const [alice, bob] = await Promise.all([open("alice"), open("bob")]);
  bob.onPair((from) => ({ hello: from }));
  bob.provide("math", {
    add: (a: number, b: number) => a + b,
    async *count(to: number) {
      for (let n = 0; n < to; n++) yield n;
    },
  });
  const math = alice.service<{ add: (a: number, b: number) => Promise<number>; count: (to: number) => AsyncIterable<number> }>("math");
  const gone = new Promise((resolve) => bob.onGone(({ id }) => resolve(id)));

  expect(await alice.pair("bob")).toEqual({ hello: "alice" });
  expect(await math.add(1, 2)).toBe(3);
  const counted: number[] = [];
  for await (const n of math.count(100)) counted.push(n);
  expect(counted).toEqual(Array.from({ length: 100 }, (_, n) => n));

  await alice.close();
  expect(await gone).toBe("alice");
  await bob.close();
  for (const client of [alice, bob]) expect(client.load).toMatchObject({ peers: 0, requests: 0, streams: 0, bytes: 0 });
});

test("rooms and topics work as they do without, in clear: what a member missed is replayed sealed", async () => {
  const [alice, bob] = await Promise.all([open("carol"), open("dave")]);
  const [atAlice, atBob] = [await alice.join("lobby"), await bob.join("lobby")];
  const heard = new Promise((resolve) => atBob.on("say", resolve));
  atAlice.emit("say", "hello");
  expect(await heard).toBe("hello");

  await bob.provide("news", { say: () => true }).ready;
  const topic = bob.createTopic("news", "headlines", { history: 10 });
  topic.publish("one");
  topic.publish("two");
  const got: string[] = [];
  const both = Promise.withResolvers<void>();
  await alice.subscribe(
    "news",
    "headlines",
    (text: string) => {
      got.push(text);
      if (got.length === 2) both.resolve();
    },
    { replay: 10 },
  );
  await both.promise;
  expect(got).toEqual(["one", "two"]);
  await Promise.all([alice.close(), bob.close()]);
});

test("an option that is no encryption is a clear error", async () => {
  await expect(connect(url, { encryption: {} as never })).rejects.toThrow(
    "encryption must be what `encrypt()` of @peerloom/encryption returns",
  );
});
