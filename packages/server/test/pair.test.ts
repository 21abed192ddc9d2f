import { expect, test } from "vitest";
import { connect, nextEvent, startRelay } from "./support.ts";

test("a client is asked, and its answer comes back", async () => {
  await using server = await startRelay();
  using alice = await connect(server.url, "alice");
  using bob = await connect(server.url, "bob");
  const asked: unknown[] = [];
  bob.answer = (question, ack) => {
    asked.push(question);
    ack({ ok: true, value: { metadata: { lane: 2 } } });
  };

  expect(await alice.ok({ type: "pair", to: "bob", metadata: { car: "red" } })).toEqual({ metadata: { lane: 2 } });
  expect(asked).toEqual([{ type: "pair", from: "alice", metadata: { car: "red" } }]);
});

test("a refusal keeps its message", async () => {
  await using server = await startRelay();
  using alice = await connect(server.url, "alice");
  using bob = await connect(server.url, "bob");
  bob.answer = (_question, ack) => ack({ ok: false, error: { code: "NOT_NOW", message: "I am busy" } });

  expect(await alice.control({ type: "pair", to: "bob" })).toEqual({ ok: false, error: { code: "PAIR_REFUSED", message: "I am busy" } });
});

test.each<[string, unknown]>([
  ["nothing", undefined],
  ["a number", 7],
  ["metadata that is too large", { ok: true, value: { metadata: "x".repeat(5000) } }],
  ["an error without a code", { ok: false, error: "no" }],
])("an answer that is %s is a refusal, and counted", async (_name, answer) => {
  await using server = await startRelay();
  using alice = await connect(server.url, "alice");
  using bob = await connect(server.url, "bob");
  bob.answer = (_question, ack) => ack(answer);

  expect(await alice.code({ type: "pair", to: "bob" })).toBe("PAIR_REFUSED");
  expect(server.relay.stats().malformed).toBe(1);
});

test("the answer of the relay itself is yes", async () => {
  await using server = await startRelay();
  using alice = await connect(server.url, "alice");

  expect(await alice.ok({ type: "pair", to: "relay" })).toEqual({});
});

test("nobody there is PEER_NOT_FOUND, no answer is TIMEOUT", async () => {
  await using server = await startRelay({ pairTimeoutMs: 20 });
  using alice = await connect(server.url, "alice");
  using _bob = await connect(server.url, "bob");

  expect(await alice.code({ type: "pair", to: "nobody" })).toBe("PEER_NOT_FOUND");
  expect(await alice.code({ type: "pair", to: "bob" })).toBe("TIMEOUT");
});

test("a client that is lost before it answers is PEER_AWAY at once, and leaves no timer", async () => {
  await using server = await startRelay({ pairTimeoutMs: 60_000 });
  using alice = await connect(server.url, "alice");
  const bob = await connect(server.url, "bob");
  bob.answer = () => bob.cut();
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();

  expect(await alice.code({ type: "pair", to: "bob" })).toBe("PEER_AWAY");
  expect(await alice.code({ type: "pair", to: "bob" })).toBe("PEER_AWAY");

  expect(timers()).toBeLessThanOrEqual(before);
});

test("open questions are limited, by asker and by asked", async () => {
  await using server = await startRelay({ limits: { pendingAsks: 2 } });
  using alice = await connect(server.url, "alice");
  using bob = await connect(server.url, "bob");
  using carol = await connect(server.url, "carol");
  const acks: ((reply: unknown) => void)[] = [];
  const asked = Promise.withResolvers<void>();
  bob.answer = (_question, ack) => {
    acks.push(ack);
    if (acks.length === 2) asked.resolve();
  };
  const open = [alice.ok({ type: "pair", to: "bob" }), alice.ok({ type: "pair", to: "bob" })];
  await asked.promise;

  expect(await alice.code({ type: "pair", to: "carol" })).toBe("LIMIT");
  expect(await carol.code({ type: "pair", to: "bob" })).toBe("BUSY");
  acks.forEach((ack) => ack({ ok: true, value: {} }));

  expect(await Promise.all(open)).toEqual([{}, {}]);
});

test("authorize may refuse it before anyone is asked", async () => {
  await using server = await startRelay({ authorize: async ({ type }) => type !== "pair" });
  using alice = await connect(server.url, "alice");
  using bob = await connect(server.url, "bob");
  bob.answer = () => expect.unreachable();
  const refused = nextEvent(server.relay, "refused");

  expect(await alice.code({ type: "pair", to: "bob" })).toBe("FORBIDDEN");
  expect(await refused).toEqual({ where: "control", code: "FORBIDDEN", clientId: "alice" });
});

test.each<[string, unknown[]]>([
  ["no acknowledgement", [{ type: "lookup", id: "bob" }]],
  ["no body", []],
  ["something in between", [{ type: "lookup", id: "bob" }, 1, (): void => {}]],
])("a control event with %s is counted", async (_name, args) => {
  await using server = await startRelay();
  using alice = await connect(server.url, "alice");

  alice.socket.emit("control", ...args);
  await alice.settled();

  expect(server.relay.stats().malformed).toBe(args.length === 0 ? 1 : 1);
});

test.each([{ type: "__proto__" }, { type: "constructor" }, { type: "watch", ids: "alice" }, { type: "join", room: "a" }, 7, null, []])(
  "a control request like %j is refused with BAD_REQUEST",
  async (body) => {
    await using server = await startRelay();
    using alice = await connect(server.url, "alice");

    expect(await alice.code(body as object)).toBe("BAD_REQUEST");
    expect(server.relay.stats()).toMatchObject({ malformed: 1, refused: { BAD_REQUEST: 1 }, errors: 0 });
  },
);
