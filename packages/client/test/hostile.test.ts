import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Socket } from "socket.io";
import { describe, expect, test, vi } from "vitest";
import { connect, type Client } from "../src/index.ts";
import { inboxOf, reaches } from "./support/events.ts";
import { FakeRelay } from "./support/fake-relay.ts";

const fast = { reconnectMinMs: 5, reconnectMaxMs: 20, closeTimeoutMs: 50 };

async function meet(relay: FakeRelay): Promise<{ client: Client; socket: Socket }> {
  const socket = relay.nextSocket();
  const client = await connect(relay.url, { clientId: "alice", ...fast });
  return { client, socket: await socket };
}

const names = ["", "__proto__", "constructor", "a\u0000b", "x".repeat(200), "toString", "\ud800"];
const oddities: readonly unknown[] = [
  undefined,
  null,
  0,
  -1,
  1.5,
  NaN,
  2 ** 60,
  true,
  "",
  "text",
  [],
  [[]],
  {},
  { type: "presence" },
  new Uint8Array(3),
];
const texts: readonly unknown[] = [
  ...oddities,
  "[1",
  "[]",
  '[2,"a","b",0,0,0]',
  '[1,"evil-instance.1","",0,0,0,[0,"__proto__",[]]]',
  '[1,"evil-instance.1","",0,0,{"__proto__":{"x":1}}]',
  '[1,"evil-instance.1","",9007199254740991,0,0,[0,"a",[]]]',
  '[1,"evil-instance.1","",0,9007199254740991,0]',
  '[1,"evil-instance.1","",0,0,{"g":[0,9007199254740991]}]',
  '[1,"evil-instance.1","",0,0,0,[7,[9007199254740991]]]',
  '[1,"evil-instance.1","",0,0,0,[5,5],[99],[],null]',
  '[1,"evil-instance",0,[0,"noise",[1]]]',
  '[1,"evil-instance",5,[0,"peerloom:replay",[1]]]',
  '[1,"__proto__",0,[0,"say",[{"__proto__":1}]]]',
];

/** One malformed event after another, of every kind, for ever. */
function* attacks(): Generator<readonly [string, ...unknown[]]> {
  for (let round = 0; ; round++) {
    for (const name of names) {
      for (const odd of oddities) {
        yield ["u", name, odd, odd];
        yield ["ready", odd];
        yield ["notify", { type: name, room: name, id: name, state: odd, member: odd, change: odd, code: odd, message: odd }];
        yield ["notify", { type: "presence", id: `peer-${round}`, state: odd }];
        yield ["notify", { type: "member", room: "lobby", change: "join", member: { id: name, instance: odd, state: "here", head: odd } }];
        yield ["notify", odd];
        yield ["ask", { type: odd, from: name }];
        yield ["ask", odd, odd];
        yield ["welcome", odd];
        yield ["bye", odd];
        yield [name === "" ? "nothing" : name, odd];
      }
      for (const text of texts) {
        yield ["p", name, text, text];
        yield ["p", "mallory", text];
        yield ["r", name, name, text, text];
        yield ["r", "lobby", "mallory", 1, text];
        yield ["r", "lobby", "bob", 2 ** 53, text, text, text];
        yield ["rs", "lobby", name, 1, text, 2, text];
        yield ["rs", "lobby", "bob", 1, text, 2];
        yield ["rs", name, "bob", text, 2 ** 53];
      }
    }
  }
}

/** Sends `count` attacks and resolves when the client has got them all. */
async function attack(client: Client, socket: Socket, count: number): Promise<void> {
  let sent = 0;
  for (const [event, ...args] of attacks()) {
    socket.emit(event, ...args);
    if ((sent += 1) === count) break;
    if (sent % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const arrived = new Promise<void>((resolve) => client.onPresence(({ id }) => void (id === "the-end" && resolve())));
  socket.emit("notify", { type: "presence", id: "the-end", state: "here" });
  await arrived;
}

describe("a hostile relay", () => {
  test("that sends 100,000 malformed events is counted, and costs neither an exception nor memory", async () => {
    await using relay = await FakeRelay.start();
    const { client, socket } = await meet(relay);
    const members = [{ id: "bob", instance: "bob-instance", state: "here", head: 0 }];
    socket.on("control", (body: { type?: string }, ack: (reply: unknown) => void) => {
      if (body.type === "join") ack({ ok: true, value: { members } });
    });
    const room = await client.join("lobby");
    room.on("say", () => {
      throw new Error("a malformed event was handled");
    });
    client.onAny("a", () => {
      throw new Error("a malformed event was handled");
    });
    const errors = inboxOf(client, "error");

    await attack(client, socket, 20_000);
    const before = heapBytes();
    await attack(client, socket, 80_000);
    const grown = heapBytes() - before;

    expect(client.warnings).toBeGreaterThan(50_000);
    expect(grown).toBeLessThan(4 * 1024 * 1024);
    expect(client.state).toBe("online");
    expect(client.load.peers).toBeLessThan(10);
    expect(errors.all).toEqual([]);
    expect(Object.getPrototypeOf({})).not.toHaveProperty("x");
    await client.close();
  }, 60_000);

  test.each([
    undefined,
    null,
    "text",
    [],
    {},
    { ok: true },
    { ok: false },
    { ok: true, value: { members: [{ id: "__proto__" }] } },
    { ok: true, value: { states: 5 } },
  ])("that answers requests with %j makes them reject", async (reply) => {
    await using relay = await FakeRelay.start();
    const { client, socket } = await meet(relay);
    socket.on("control", (_: unknown, ack: (reply: unknown) => void) => ack(reply));

    await expect(client.lookup("bob")).rejects.toMatchObject({ code: "PROTOCOL_ERROR" });
    await expect(client.listClients()).rejects.toMatchObject({ code: "PROTOCOL_ERROR" });
    await expect(client.join("lobby")).rejects.toMatchObject({ code: "PROTOCOL_ERROR" });
    expect(client.load).toMatchObject({ rooms: 0, requests: 0 });
    await client.close();
  });

  test("that never answers is waited for as long as the caller says", async () => {
    await using relay = await FakeRelay.start();
    const { client } = await meet(relay);

    await expect(client.lookup("bob", { timeoutMs: 20 })).rejects.toMatchObject({ code: "TIMEOUT" });
    await expect(client.join("lobby", { timeoutMs: 20 })).rejects.toMatchObject({ code: "TIMEOUT" });
    await client.close();
  });

  test("that never says welcome, or says it wrong, is unreachable", async () => {
    await using relay = await FakeRelay.start();
    for (const welcome of [undefined, {}, { clientId: "__proto__\u0000" }, "welcome"]) {
      relay.welcome = () => welcome;
      await expect(connect(relay.url, { connectTimeoutMs: 60, ...fast })).rejects.toMatchObject({ code: "RELAY_UNREACHABLE" });
    }
  });

  test.each(["0", "0{", "0null", '0{"sid":"a"}', '0{"sid":"a","upgrades":[],"pingInterval":2e9,"pingTimeout":1e9}'])(
    "that opens its connection with %j is unreachable",
    async (handshake) => {
      const http = createServer((_, response) => response.end(handshake)).listen(0, "127.0.0.1");
      await new Promise((resolve) => http.once("listening", resolve));
      const { port } = http.address() as AddressInfo;

      const connecting = connect(`http://127.0.0.1:${port}`, { transports: ["polling"], connectTimeoutMs: 400, ...fast });

      await expect(connecting).rejects.toMatchObject({
        code: "RELAY_UNREACHABLE",
        message: expect.stringContaining("malformed handshake"),
      });
      http.closeAllConnections();
      http.close();
    },
  );

  test("that throws the client out at once is not stormed", async () => {
    await using relay = await FakeRelay.start();
    const { client, socket } = await meet(relay);
    const kick = (from: Socket): Promise<Socket> => {
      const next = relay.nextSocket();
      from.disconnect(true);
      return next;
    };

    // Its pauses grow first.
    let last = socket;
    for (let n = 0; n < 3; n++) last = await kick(last);
    const start = performance.now();
    for (let n = 0; n < 8; n++) last = await kick(last);

    // Of each pause at most a half is taken off by chance; timers may be a millisecond early.
    expect(performance.now() - start).toBeGreaterThan(8 * (fast.reconnectMaxMs / 2 - 1));
    await client.close();
  });

  test("that gives the client another id ends it", async () => {
    await using relay = await FakeRelay.start();
    const { client, socket } = await meet(relay);
    const closed = inboxOf(client, "closed");
    relay.welcome = () => ({ clientId: "mallory", resume: "", relayId: "relay", sessionTimeoutMs: 1000, maxPacketBytes: 1 });

    socket.disconnect(true);

    expect((await closed.take()).error).toMatchObject({ code: "PROTOCOL_ERROR" });
  });

  test("that names times and sizes beyond reason is taken at the nearest sense", async () => {
    await using relay = await FakeRelay.start();
    relay.welcome = () => ({
      clientId: "alice",
      resume: "",
      relayId: "relay",
      sessionTimeoutMs: Number.MAX_SAFE_INTEGER,
      maxPacketBytes: 0,
    });
    const { client, socket } = await meet(relay);
    socket.on("control", (_: unknown, ack: (reply: unknown) => void) => ack({ ok: true, value: { members: [] } }));
    const room = await client.join("lobby");
    const [gone, presence] = [inboxOf(client, "gone"), inboxOf(client, "presence")];
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });

    client.remote("bob").emit("hi");
    room.emit("hi");
    socket.emit("notify", { type: "presence", id: "bob", state: "away" });
    await presence.take();
    // A timer of more than 2^31 ms would be one of 1 ms.
    vi.advanceTimersByTime(1000);
    vi.useRealTimers();

    expect(gone.all).toEqual([]);
    await client.close();
  });

  test.each([
    "0",
    "0{",
    "0null",
    "0[]",
    '0{"sid":1}',
    "4",
    "44",
    "4[",
    "42",
    '42["',
    "451-",
    "4-1",
    "9",
    "b!!",
    '40{"sid":null}',
    "44/peerloom,null",
  ])("that sends the raw message %j does not end the process", async (raw) => {
    await using relay = await FakeRelay.start();
    const { client, socket } = await meet(relay);
    const presence = inboxOf(client, "presence");

    sendRaw(socket, raw);
    socket.emit("notify", { type: "presence", id: "the-end", state: "here" });

    await Promise.race([presence.take(), reaches(client, "offline")]);
    await client.close();

    expect(client.state).toBe("closed");
  });
});

/** Puts a message of its own under socket.io: into the WebSocket. */
function sendRaw(socket: Socket, raw: string): void {
  const webSocket = Reflect.get(socket.conn.transport, "socket") as { send(message: string): void };
  webSocket.send(raw);
}

/** What is really held: garbage is collected first. */
function heapBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}
