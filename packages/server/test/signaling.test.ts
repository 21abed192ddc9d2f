import type { Reply } from "@peerloom/protocol";
import { describe, expect, test } from "vitest";
import { Random } from "./random.ts";
import { connect, join, liveSocket, startAttached, startRelay, type RawClient } from "./support.ts";
import { noteUncaught } from "./uncaught.ts";

/** Asks the relay, as a driver does. */
function ask(client: RawClient, event: string, ...args: unknown[]): Promise<Reply> {
  return client.socket.emitWithAck(event, ...args) as Promise<Reply>;
}

async function codeOf(reply: Promise<Reply>): Promise<string> {
  const answer = await reply;
  return answer.ok ? "ok" : answer.error.code;
}

const bytes = (text: string): Buffer => Buffer.from(text);

describe("signaling", () => {
  test("brings a message to all others at the address, stamped with its sender, and to nobody else", async () => {
    await using server = await startRelay({ signaling: true });
    using alice = await connect(server.url, "alice");
    using bob = await connect(server.url, "bob");
    using carol = await connect(server.url, "carol");
    for (const client of [alice, bob]) await ask(client, "signal-subscribe", "lobby");
    await ask(carol, "signal-subscribe", "lobby.carol");

    const reply = await ask(alice, "signal", "lobby", bytes("hello"));
    await ask(bob, "signal", "lobby.carol", bytes("to carol"));
    const got = await bob.next("signal");
    const direct = await carol.next("signal");
    await Promise.all([alice, bob, carol].map((client) => client.settled()));

    expect(reply).toEqual({ ok: true, value: {} });
    expect(got).toEqual(["lobby", "alice", bytes("hello")]);
    expect(direct).toEqual(["lobby.carol", "bob", bytes("to carol")]);
    expect([alice, bob, carol].map((client) => client.count("signal"))).toEqual([0, 0, 0]);
  });

  test("an answer to a subscription says who one is and how large messages may be; again is no error", async () => {
    await using server = await startRelay({ signaling: { messageBytes: 1000 } });
    using alice = await connect(server.url, "alice");

    const replies = [await ask(alice, "signal-subscribe", "lobby"), await ask(alice, "signal-subscribe", "lobby")];

    expect(replies).toEqual(Array(2).fill({ ok: true, value: { clientId: "alice", maxBytes: 1000 } }));
  });

  test("who has unsubscribed gets nothing, and rooms of clients are others than addresses", async () => {
    await using server = await startRelay({ signaling: true });
    using alice = await connect(server.url, "alice");
    using bob = await connect(server.url, "bob");
    await bob.ok({ type: "join", room: "lobby", head: 0 });
    await ask(bob, "signal-subscribe", "lobby");

    const replies = [await ask(bob, "signal-unsubscribe", "lobby"), await ask(bob, "signal-unsubscribe", "never")];
    await ask(alice, "signal", "lobby", bytes("hello"));
    await bob.settled();

    expect(replies).toEqual(Array(2).fill({ ok: true, value: {} }));
    expect(bob.count("signal")).toBe(0);
  });

  test("is refused by a relay without it, which serves the client all the same", async () => {
    await using server = await startRelay();
    using alice = await connect(server.url, "alice");

    const codes = [
      await codeOf(ask(alice, "signal-subscribe", "lobby")),
      await codeOf(ask(alice, "signal", "lobby", bytes("hello"))),
      await codeOf(ask(alice, "signal-unsubscribe", "lobby")),
    ];
    await alice.settled();

    expect(codes).toEqual(["FORBIDDEN", "FORBIDDEN", "FORBIDDEN"]);
    expect(server.relay.stats()).toMatchObject({ malformed: 0, errors: 0, refused: { FORBIDDEN: 3 } });
  });

  test("asks `authorize`", async () => {
    await using server = await startRelay({
      signaling: true,
      authorize: (action) => (action.type === "signal-subscribe" ? Promise.resolve(action.address === "lobby") : action.from === "alice"),
    });
    using alice = await connect(server.url, "alice");
    using bob = await connect(server.url, "bob");

    const codes = [
      await codeOf(ask(bob, "signal-subscribe", "lobby")),
      await codeOf(ask(bob, "signal-subscribe", "secret")),
      await codeOf(ask(alice, "signal", "lobby", bytes("hello"))),
      await codeOf(ask(bob, "signal", "lobby", bytes("hello"))),
    ];
    const undone = [ask(bob, "signal-subscribe", "lobby"), ask(bob, "signal-unsubscribe", "lobby")];
    await Promise.all(undone);
    await bob.next("signal");
    await ask(alice, "signal", "lobby", bytes("nobody"));
    await bob.settled();

    expect(codes).toEqual(["ok", "FORBIDDEN", "ok", "FORBIDDEN"]);
    expect(bob.count("signal")).toBe(0);
  });
});

describe("signaling is bounded", () => {
  test("by addresses a client, subscribers an address, and bytes a message", async () => {
    await using server = await startRelay({ signaling: { addressesPerClient: 2, subscribersPerAddress: 1, messageBytes: 10 } });
    using alice = await connect(server.url, "alice");
    using bob = await connect(server.url, "bob");

    const codes = [
      await codeOf(ask(alice, "signal-subscribe", "one")),
      await codeOf(ask(alice, "signal-subscribe", "two")),
      await codeOf(ask(alice, "signal-subscribe", "three")),
      await codeOf(ask(bob, "signal-subscribe", "one")),
      await codeOf(ask(bob, "signal", "one", Buffer.alloc(10))),
      await codeOf(ask(bob, "signal", "one", Buffer.alloc(11))),
    ];
    await ask(alice, "signal-unsubscribe", "one");
    codes.push(await codeOf(ask(bob, "signal-subscribe", "one")), await codeOf(ask(alice, "signal-subscribe", "three")));

    expect(codes).toEqual(["ok", "ok", "LIMIT", "LIMIT", "ok", "TOO_LARGE", "ok", "ok"]);
  });

  test("by the client's rates: requests as controls, messages as room packets; who goes on is cut off", async () => {
    await using server = await startRelay({ signaling: true, now: () => 0, limits: { controlBurst: 3, packetsPerSecond: 1 } });
    // What comes over a WebSocket would be left unread before it is that much.
    const [alice] = await join(server.url, { clientId: "alice" }, { transports: ["polling"] });
    using bob = await connect(server.url, "bob");

    const asked = [];
    for (let n = 0; n < 5; n++) asked.push(await codeOf(ask(alice, "signal-subscribe", `room-${n}`)));
    const sent = [await codeOf(ask(bob, "signal", "lobby", bytes("1"))), await codeOf(ask(bob, "signal", "lobby", bytes("2")))];
    for (let n = 0; n < 40; n++) alice.socket.emit("signal-subscribe", "more", () => {});
    const [bye] = await alice.next("bye");

    expect(asked).toEqual(["ok", "ok", "ok", "RATE_LIMITED", "RATE_LIMITED"]);
    expect(sent).toEqual(["ok", "RATE_LIMITED"]);
    expect(bye).toMatchObject({ code: "RATE_LIMITED" });
    alice[Symbol.dispose]();
  });

  test("by fan-out: a message to many is charged for each", async () => {
    await using server = await startRelay({ signaling: true, limits: { fanoutBytesPerSecond: 1000 } });
    using alice = await connect(server.url, "alice");
    const others = await Promise.all(Array.from({ length: 20 }, (_, n) => connect(server.url, `other-${n}`)));
    await Promise.all(others.map((other) => ask(other, "signal-subscribe", "lobby")));

    const codes = [
      await codeOf(ask(alice, "signal", "lobby", Buffer.alloc(100))),
      await codeOf(ask(alice, "signal", "lobby", Buffer.alloc(1))),
    ];
    for (const other of others) other[Symbol.dispose]();

    expect(codes).toEqual(["ok", "RATE_LIMITED"]);
  });

  test("by the queue of a client that does not read: it is left out, and the others are not", async () => {
    await using server = await startRelay({ signaling: true, limits: { outboundBytes: 64 * 1024 } });
    using alice = await connect(server.url, "alice");
    using slow = await connect(server.url, "slow");
    using bob = await connect(server.url, "bob");
    for (const client of [slow, bob]) await ask(client, "signal-subscribe", "lobby");
    slow.raw.pause();
    const message = Buffer.alloc(60_000);
    let sent = 0;
    while (server.relay.stats().congested === 0) {
      await ask(alice, "signal", "lobby", message);
      sent += 1;
    }

    for (let n = 0; n < 50; n++) await ask(alice, "signal", "lobby", message);
    slow.raw.resume();
    await slow.settled();
    await bob.settled();

    expect(bob.count("signal")).toBe(sent + 50);
    expect(slow.count("signal")).toBeLessThanOrEqual(sent);
    expect(server.relay.stats().dismissed).toEqual({});
  });

  test("and leaves nothing behind when a client goes", async () => {
    await using server = await startAttached({ signaling: true });
    const rooms = server.io.of("/peerloom").adapter.rooms;
    using alice = await connect(server.url, "alice");
    for (let n = 0; n < 100; n++) await ask(alice, "signal-subscribe", `room-${n}`);
    const atMost = rooms.size;
    const gone = new Promise((resolve) => liveSocket(server.relay, "alice").once("disconnect", resolve));

    alice.cut();
    await gone;

    expect(atMost).toBe(101);
    expect([...rooms.keys()]).toEqual([]);
  });
});

describe("hostile signaling", () => {
  const failures = noteUncaught();

  test("wrong forms are answered where somebody waits for an answer, and counted", async () => {
    await using server = await startRelay({ signaling: true });
    using eve = await connect(server.url, "eve");
    const addresses = [undefined, null, 1, {}, [], "", ".", "a.", ".a", "a.b.c", "a b", "a:b", ">", "*", "ä", "x".repeat(65), "__proto__."];
    const wrong: unknown[][] = [
      ...addresses.flatMap((address) => [
        ["signal-subscribe", address],
        ["signal", address, bytes("hello")],
      ]),
      ["signal-subscribe"],
      ["signal-subscribe", "lobby", "more"],
      ["signal-unsubscribe", "lobby", bytes("more")],
      ["signal", "lobby"],
      ["signal", "lobby", "text"],
      ["signal", "lobby", [1, 2]],
      ["signal", "lobby", { type: "Buffer", data: [1] }],
      ["signal", "lobby", bytes("one"), bytes("two")],
    ];

    const codes = [];
    for (const [event, ...args] of wrong) codes.push(await codeOf(ask(eve, event as string, ...args)));
    for (const event of ["signal", "signal-subscribe", "signal-unsubscribe"]) eve.socket.emit(event, "lobby", bytes("nobody waits"));
    await eve.settled();

    expect(new Set(codes)).toEqual(new Set(["BAD_REQUEST"]));
    expect(server.relay.stats()).toMatchObject({ malformed: wrong.length + 3, errors: 0, roomPackets: 0 });
    expect(failures).toEqual([]);
  });

  test("20,000 random events: nothing throws, and the others are served as before", async () => {
    const limits = { malformedPerMinute: 500, controlsPerSecond: 1e6, controlBurst: 1e6, packetsPerSecond: 1e6 };
    await using server = await startRelay({ signaling: { addressesPerClient: 20 }, duplicateId: "replace", sessionTimeoutMs: 50, limits });
    using alice = await connect(server.url, "alice");
    await ask(alice, "signal-subscribe", "lobby");
    const random = new Random(7);
    const values = ["lobby", "lobby.eve", "__proto__", "constructor", "", null, 1, [], {}, bytes("x"), { a: bytes("y") }, () => {}];
    let sent = 0;
    let eve: RawClient | undefined;
    const rejoin = async (): Promise<RawClient> => {
      eve?.[Symbol.dispose]();
      const [client] = await join(server.url, { clientId: "eve" });
      return client;
    };

    for (; sent < 20_000; sent++) {
      if (eve === undefined || !eve.socket.connected) eve = await rejoin();
      const event = random.pick(["signal", "signal-subscribe", "signal-unsubscribe"]);
      const args = Array.from({ length: random.below(4) }, () => random.pick(values));
      eve.socket.emit(event, ...args, ...(random.next() < 0.8 ? [() => {}] : []));
      if (sent % 50 === 0) await new Promise(setImmediate);
    }
    using bob = await connect(server.url, "bob");
    await ask(bob, "signal", "lobby", bytes("still there?"));
    await alice.next("signal", (_address: string, from: string) => from === "bob");
    eve?.[Symbol.dispose]();

    expect(failures).toEqual([]);
    expect(server.relay.stats().errors).toBe(0);
    expect(server.relay.stats().malformed).toBeGreaterThan(1000);
  });
});

test("options of signaling are checked", async () => {
  const start = (signaling: unknown): Promise<unknown> => startRelay({ signaling: signaling as boolean });

  await expect(start("yes")).rejects.toThrow(TypeError);
  await expect(start(null)).rejects.toThrow(TypeError);
  await expect(start({ messages: 1 })).rejects.toThrow("signaling.messages is not a limit");
  await expect(start({ messageBytes: "1" })).rejects.toThrow(TypeError);
  await expect(start({ messageBytes: 0 })).rejects.toThrow(RangeError);
  await expect(start({ messageBytes: 512 * 1024 })).rejects.toThrow("from 1 to 262144");
});
