import { describe, expect, test } from "vitest";
import { queuedBytes } from "../src/line.ts";
import { joinRaw, maskedFrame, opcodes, openRaw } from "./raw-socket.ts";
import { connect, instance, join, liveSocket, nextEvent, startAttached, startRelay, type RawClient } from "./support.ts";

const outboundBytes = 256 * 1024;
const packetText = "x".repeat(16 * 1024);

/** Sends to a client until the relay says that it is busy. Returns the serial that was refused. */
async function fill(sender: RawClient, to: string): Promise<number> {
  const busy = sender.next("u", (_to: string, code: string) => code === "BUSY");
  let refused: number | undefined;
  void busy.then(([, , serial]) => (refused = serial as number));
  for (let serial = 0; refused === undefined; serial++) {
    sender.packet(to, serial, packetText);
    if (serial % 16 === 0) await sender.settled();
  }
  return refused;
}

describe("a client that does not read", () => {
  test("costs the relay no more than its budget; its senders are told, and told when it reads again", async () => {
    await using server = await startAttached({ limits: { outboundBytes } });
    using alice = await connect(server.url, "alice");
    using slow = await connect(server.url, "slow");
    const socket = liveSocket(server.relay, "slow");
    slow.raw.pause();

    const refused = await fill(alice, "slow");
    for (let serial = 0; serial < 500; serial++) alice.packet("slow", serial, packetText);
    await alice.settled();

    expect(queuedBytes(socket.conn)).toBeLessThan(outboundBytes * 1.125 + packetText.length * 2);
    expect(server.relay.stats()).toMatchObject({ congested: 1, clients: { here: 2 } });
    slow.raw.resume();
    expect(await alice.next("ready")).toEqual(["slow"]);
    alice.packet("slow", 0, "last");
    await slow.next("p", (_from: string, text: string) => text === "last");
    expect(slow.count("p")).toBe(refused);
    expect(server.relay.stats().congested).toBe(0);
  });

  test("does not disturb others", async () => {
    await using server = await startRelay({ limits: { outboundBytes } });
    using alice = await connect(server.url, "alice");
    using bob = await connect(server.url, "bob");
    using slow = await connect(server.url, "slow");
    slow.raw.pause();
    await fill(alice, "slow");

    alice.packet("bob", 1, "hello");

    expect(await bob.next("p")).toEqual(["alice", "hello"]);
    slow.raw.resume();
    await alice.next("ready");
  });

  test("is left out of room packets, and told afterwards how far the publishers have come", async () => {
    await using server = await startRelay({ limits: { outboundBytes } });
    const auth = { clientId: "alice", instance: instance() };
    const [alice] = await join(server.url, auth);
    using bob = await connect(server.url, "bob");
    using slow = await connect(server.url, "slow");
    for (const client of [alice, bob, slow])
      await client.ok({ type: "join", room: "lobby", head: 0, ...(client === alice && { metadata: "a" }) });
    slow.raw.pause();
    await fill(bob, "slow");

    alice.socket.emit("r", "lobby", 5, "missed");
    expect(await bob.next("r")).toEqual(["lobby", "alice", 5, "missed"]);
    slow.raw.resume();

    const [notice] = await slow.next("notify", ({ change }: { change?: string }) => change === "update");
    const member = { id: "alice", instance: auth.instance, state: "here", head: 5, metadata: "a" };
    expect(notice).toEqual({ type: "member", room: "lobby", change: "update", member });
    expect(slow.count("r")).toBe(0);
    alice.socket.emit("r", "lobby", 6, "heard");
    expect(await slow.next("r")).toEqual(["lobby", "alice", 6, "heard"]);
    alice[Symbol.dispose]();
  });

  test("is disconnected when what the relay has to say grows far over the budget", async () => {
    await using server = await startRelay({ limits: { outboundBytes, controlBurst: 1e6, metadataBytes: 10_000 } });
    using slow = await connect(server.url, "slow");
    using alice = await connect(server.url, "alice");
    await slow.ok({ type: "watch", ids: ["alice"] });
    slow.raw.pause();
    const dismissed = nextEvent(server.relay, "dismissed");
    let isDone = false;
    void dismissed.then(() => (isDone = true));

    for (let round = 0; !isDone; round++) await alice.ok({ type: "metadata", metadata: `${round}${"x".repeat(9000)}` });

    expect(await dismissed).toEqual({ code: "BUSY", clientId: "slow" });
    expect(server.relay.stats()).toMatchObject({ clients: { here: 1, away: 1 }, congested: 0 });
    alice.packet("slow", 1, "text");
    expect(await alice.next("u")).toEqual(["slow", "PEER_AWAY", 1]);
  });

  test("and asks for more and more answers is disconnected too", async () => {
    await using server = await startRelay({
      limits: { outboundBytes, controlBurst: 1e9, controlsPerSecond: 1e9, bytesPerSecond: Infinity },
    });
    using slow = await connect(server.url, "slow");
    const dismissed = nextEvent(server.relay, "dismissed");
    const ids = Array.from({ length: 256 }, (_, index) => `${index}`.padStart(100, "x"));
    const ws = slow.raw;
    ws.pause();

    const asking = setInterval(() => {
      for (let index = 0; index < 20; index++) slow.socket.emit("control", { type: "watch", ids }, () => {});
    }, 1);

    expect(await dismissed).toEqual({ code: "BUSY", clientId: "slow" });
    clearInterval(asking);
    ws.resume();
  });
});

test("a connection without a client may not fill its queue with refusals", async () => {
  await using server = await startRelay({ limits: { outboundBytes: 64 * 1024 } });
  using raw = await openRaw(server.url);
  raw.socket.pause();
  const dismissed = nextEvent(server.relay, "dismissed");

  // The answer repeats the name.
  const refusedPacket = maskedFrame(opcodes.text, `40/${"nowhere".repeat(1000)},{}`);
  const many = Buffer.concat(Array.from({ length: 50 }, () => refusedPacket));
  const asking = setInterval(() => raw.write(many), 1);

  expect(await dismissed).toEqual({ code: "BUSY", clientId: "" });
  clearInterval(asking);
});

test("messages that come to nothing end in PROTOCOL_ERROR", async () => {
  await using server = await startRelay();
  using raw = await joinRaw(server.url, "alice", instance());
  const dismissed = nextEvent(server.relay, "dismissed");

  const ack = maskedFrame(opcodes.text, "43/peerloom,99[]");
  const many = Buffer.concat(Array.from({ length: 1000 }, () => ack));
  for (let round = 0; round < 60; round++) raw.write(many);

  expect(await dismissed).toEqual({ code: "PROTOCOL_ERROR", clientId: "alice" });
  await raw.closed;
});
