import { describe, expect, test } from "vitest";
import type { Action } from "../src/index.ts";
import { connect, nextEvent, startAttached, startRelay } from "./support.ts";

test("a packet is forwarded with the sender that the relay knows", async () => {
  await using server = await startRelay();
  using alice = await connect(server.url, "alice");
  using bob = await connect(server.url, "bob");

  alice.packet("bob", 0, '[1,"from":"mallory"]');

  expect(await bob.next("p")).toEqual(["alice", '[1,"from":"mallory"]']);
  expect(server.relay.stats()).toMatchObject({ packets: 1, bytes: 20, malformed: 0 });
});

test("attachments arrive as they were sent", async () => {
  await using server = await startRelay();
  using alice = await connect(server.url, "alice");
  using bob = await connect(server.url, "bob");
  const attachments = [
    Buffer.from([0, 1, 255]),
    Buffer.alloc(100_000, 7),
    ...Array.from({ length: 6 }, (_, index) => Buffer.from([index])),
  ];

  alice.packet("bob", 0, "header", ...attachments);
  const [from, text, ...received] = await bob.next("p");

  expect([from, text]).toEqual(["alice", "header"]);
  expect(received).toEqual(attachments);
});

test("packets of one sender stay in order, small or large", async () => {
  await using server = await startRelay();
  using alice = await connect(server.url, "alice");
  using bob = await connect(server.url, "bob");
  const texts = Array.from({ length: 200 }, (_, index) => `${index}:${"x".repeat((index % 7) * 5000)}`);

  texts.forEach((text, index) =>
    index % 3 === 0 ? alice.packet("bob", index, text, Buffer.from(text)) : alice.packet("bob", index, text),
  );
  const received: unknown[] = [];
  for (let index = 0; index < texts.length; index++) received.push((await bob.next("p"))[1]);

  expect(received).toEqual(texts);
});

test("over HTTP polling too", async () => {
  await using server = await startRelay();
  const { join } = await import("./support.ts");
  const [alice] = await join(server.url, { clientId: "alice" }, { transports: ["polling"] });
  const [bob] = await join(server.url, { clientId: "bob" }, { transports: ["polling"] });
  using _a = alice;
  using _b = bob;

  alice.packet("bob", 0, "header", Buffer.from([1, 2]));

  expect(await bob.next("p")).toEqual(["alice", "header", Buffer.from([1, 2])]);
});

describe("refusals", () => {
  test("to an id that is not connected: PEER_NOT_FOUND", async () => {
    await using server = await startRelay();
    using alice = await connect(server.url, "alice");
    const refused = nextEvent(server.relay, "refused");

    alice.packet("bob", 7, "text");

    expect(await alice.next("u")).toEqual(["bob", "PEER_NOT_FOUND", 7]);
    expect(await refused).toEqual({ where: "packet", code: "PEER_NOT_FOUND", clientId: "alice" });
    expect(server.relay.stats().refused).toEqual({ PEER_NOT_FOUND: 1 });
  });

  test("to one that lost its socket: PEER_AWAY", async () => {
    await using server = await startRelay();
    using alice = await connect(server.url, "alice");
    const away = nextEvent(server.relay, "away");
    const bob = await connect(server.url, "bob");
    bob.cut();
    await away;

    alice.packet("bob", 8, "text");

    expect(await alice.next("u")).toEqual(["bob", "PEER_AWAY", 8]);
  });

  test("larger than the limit, attachments included: TOO_LARGE", async () => {
    await using server = await startRelay({ limits: { packetBytes: 2000 } });
    using alice = await connect(server.url, "alice");
    using bob = await connect(server.url, "bob");

    alice.packet("bob", 1, "é".repeat(1001));
    alice.packet("bob", 2, "x".repeat(1000), Buffer.alloc(1001));
    alice.packet("bob", 3, "é".repeat(1000));

    expect(await alice.next("u")).toEqual(["bob", "TOO_LARGE", 1]);
    expect(await alice.next("u")).toEqual(["bob", "TOO_LARGE", 2]);
    expect((await bob.next("p"))[1]).toBe("é".repeat(1000));
  });

  test.each<[string, unknown[]]>([
    ["a text that is none", ["bob", 1, { text: 1 }]],
    ["no text", ["bob", 1]],
    ["an attachment that is an object", ["bob", 1, "text", { a: 1 }]],
    ["an attachment that is a string", ["bob", 1, "text", "more"]],
    ["an attachment inside an array", ["bob", 1, "text", [Buffer.from([1])]]],
    ["nine attachments", ["bob", 1, "text", ...Array.from({ length: 9 }, () => Buffer.from([1]))]],
    ["an acknowledgement", ["bob", 1, "text", (): void => {}]],
  ])("with %s: BAD_PACKET, and counted", async (_name, args) => {
    await using server = await startRelay();
    using alice = await connect(server.url, "alice");
    using bob = await connect(server.url, "bob");

    alice.socket.emit("p", ...args);

    expect(await alice.next("u")).toEqual(["bob", "BAD_PACKET", 1]);
    await bob.settled();
    expect(bob.count("p")).toBe(0);
    expect(server.relay.stats()).toMatchObject({ malformed: 1, packets: 0 });
  });

  test.each<[string, unknown[]]>([
    ["no arguments", []],
    ["an address that is no string", [{ id: "bob" }, 1, "text"]],
    ["an address with a control character", ["bo\u0000b", 1, "text"]],
    ["an address that is too long", ["b".repeat(129), 1, "text"]],
    ["a serial below zero", ["bob", -1, "text"]],
    ["a serial that is no number", ["bob", "1", "text"]],
  ])("what cannot be answered (%s) is counted", async (_name, args) => {
    await using server = await startRelay();
    using alice = await connect(server.url, "alice");

    alice.socket.emit("p", ...args);
    await alice.settled();

    expect(server.relay.stats()).toMatchObject({ malformed: 1, packets: 0, errors: 0 });
  });
});

describe("authorize", () => {
  test("decides over each packet", async () => {
    const seen: Action[] = [];
    await using server = await startRelay({
      authenticate: ({ clientId }) => ({ claims: { may: clientId === "alice" } }),
      authorize: (action) => {
        seen.push(action);
        return (action.claims as { may: boolean }).may;
      },
    });
    using alice = await connect(server.url, "alice");
    using bob = await connect(server.url, "bob");

    alice.packet("bob", 1, "hello");
    await bob.next("p");
    bob.packet("alice", 2, "hello");

    expect(await bob.next("u")).toEqual(["alice", "FORBIDDEN", 2]);
    expect(seen).toEqual([
      { type: "packet", from: "alice", to: "bob", claims: { may: true } },
      { type: "packet", from: "bob", to: "alice", claims: { may: false } },
    ]);
  });

  test("refuses when it throws, and when it does not answer at once", async () => {
    const errors: unknown[] = [];
    let answer: () => boolean | Promise<boolean> = () => {
      throw new Error("a bug");
    };
    await using server = await startRelay({ authorize: () => answer() });
    server.relay.on("error", ({ error }) => errors.push(error));
    using alice = await connect(server.url, "alice");
    using _bob = await connect(server.url, "bob");

    alice.packet("bob", 1, "hello");
    expect(await alice.next("u")).toEqual(["bob", "FORBIDDEN", 1]);
    answer = () => Promise.reject(new Error("too late"));
    alice.packet("bob", 2, "hello");
    expect(await alice.next("u")).toEqual(["bob", "FORBIDDEN", 2]);

    expect(errors).toEqual([new Error("a bug"), expect.any(TypeError)]);
    expect(server.relay.stats().errors).toBe(2);
  });
});

test("an error that nobody listens for is told once, where warnings go", async () => {
  const warnings: string[] = [];
  await using server = await startRelay({
    warn: (line) => warnings.push(line),
    authorize: () => {
      throw new Error("a bug");
    },
  });
  using alice = await connect(server.url, "alice");

  alice.packet("bob", 1, "hello");
  alice.packet("bob", 2, "hello");
  await alice.settled();

  expect(warnings).toEqual(['Peerloom: the relay had an error, and nothing listens to its event "error": Error: a bug']);
});

test("an adapter that fails is told to the operator, and does no harm", async () => {
  const errors: unknown[] = [];
  await using server = await startAttached();
  server.relay.on("error", ({ error }) => errors.push(error));
  using alice = await connect(server.url, "alice");
  const adapter = server.io.of("/peerloom").adapter;
  adapter.addAll = () => Promise.reject(new Error("no connection"));
  adapter.broadcast = () => {
    throw new Error("no connection");
  };

  expect(await alice.ok({ type: "join", room: "lobby", head: 0 })).toEqual({ members: [] });
  alice.socket.emit("r", "lobby", 1, "text");
  await alice.ok({ type: "close" });

  await alice.next("disconnect");
  expect(errors.length).toBeGreaterThanOrEqual(3);
  expect(errors.every((error) => (error as Error).message === "no connection")).toBe(true);
});
