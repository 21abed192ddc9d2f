import { once } from "node:events";
import { Agent } from "node:http";
import { connect as connectTcp, type Socket } from "node:net";
import { expect, test, vi } from "vitest";
import type { RelayServer } from "../src/index.ts";
import { maskedFrame, openRaw, opcodes } from "./raw-socket.ts";
import { connect, dial, join, nextEvent, startRelay, type RawClient } from "./support.ts";

vi.setConfig({ testTimeout: 20_000 });

/** All of 127.0.0.0/8 is this machine, and only 127.0.0.1 is exempt. */
const stranger = "127.0.0.2";

/** A TCP connection from an address that limits hold for. */
async function open(url: string, localAddress: string = stranger): Promise<Socket> {
  const { port, hostname } = new URL(url);
  const socket = connectTcp({ port: Number(port), host: hostname, localAddress });
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

/** Resolves when the connection has ended, in whatever way. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => (socket.resume().closed ? resolve() : socket.once("close", () => resolve())));
}

const dialFrom = (url: string, clientId: string, localAddress: string = stranger): RawClient =>
  dial(url, { clientId }, { agent: new Agent({ localAddress }) });

const gateOf = (relay: RelayServer): { readonly waiting: number; readonly sockets: ReadonlyMap<Socket, unknown> } => relay["gate"];

test("one address has so many connections and no more, and others still get in", async () => {
  await using server = await startRelay({ limits: { connectionsPerAddress: 3 } });
  const held = await Promise.all([1, 2, 3].map(() => open(server.url)));

  const fourth = await open(server.url);
  await closed(fourth);

  using alice = await connect(server.url, "alice");
  expect(await alice.ok({ type: "lookup", id: "bob" })).toMatchObject({ state: "absent" });
  expect(server.relay.stats().refused).toEqual({ LIMIT: 1 });
  held.forEach((socket) => socket.destroy());
});

test("all have so many connections and no more", async () => {
  await using server = await startRelay({ limits: { connections: 2 } });
  const held = await Promise.all([1, 2].map((last) => open(server.url, `127.0.0.${last}`)));

  await closed(await open(server.url, "127.0.0.3"));

  expect(server.relay.stats().refused).toEqual({ LIMIT: 1 });
  held.forEach((socket) => socket.destroy());
});

test("handshakes of one address have a rate, and another address is not held up by it", async () => {
  await using server = await startRelay({ now: () => 0, limits: { handshakeBurstPerAddress: 2 } });
  const clients = ["a", "b", "c"].map((id) => dialFrom(server.url, id));
  const outcomes = await Promise.all(
    clients.map((client) => Promise.race([client.next("welcome").then(() => "in"), client.next("connect_error").then(() => "out")])),
  );

  expect(outcomes.toSorted()).toEqual(["in", "in", "out"]);
  const other = dialFrom(server.url, "d", "127.0.0.3");
  await other.next("welcome");
  expect(server.relay.stats().refused).toEqual({ RATE_LIMITED: 1 });
  for (const client of [...clients, other]) client[Symbol.dispose]();
});

test("further handshakes on one connection count as much as those on others", async () => {
  let asked = 0;
  await using server = await startRelay({
    now: () => 0,
    exemptAddresses: [],
    limits: { handshakeBurstPerAddress: 5 },
    authenticate: () => {
      asked += 1;
      return false;
    },
  });
  using raw = await openRaw(server.url);

  while (!raw.received.includes("RATE_LIMITED") && asked < 20) {
    const before = raw.received.length;
    raw.packet(`0/peerloom,${JSON.stringify({ protocol: 1, instance: "instance-000" })}`);
    await vi.waitFor(() => expect(raw.received.length).toBeGreaterThan(before));
  }

  expect(asked).toBe(5);
});

test("when too many connections wait with nobody on them, the oldest goes and the newcomer gets in", async () => {
  await using server = await startRelay({ limits: { pendingHandshakes: 3 } });
  const idle: Socket[] = [];
  for (let index = 0; index < 3; index++) idle.push(await open(server.url));
  await vi.waitFor(() => expect(gateOf(server.relay).waiting).toBe(3));

  using alice = await connect(server.url, "alice");

  await closed(idle[0] as Socket);
  expect(idle.slice(1).every((socket) => !socket.closed)).toBe(true);
  expect(await alice.ok({ type: "lookup", id: "bob" })).toMatchObject({ state: "absent" });
  expect(gateOf(server.relay).waiting).toBe(2);
  idle.forEach((socket) => socket.destroy());
});

test.each([
  ["says nothing", ""],
  ["never ends its headers", "GET /socket.io/?EIO=4 HTTP/1.1\r\nX-Slow: a"],
  ["upgrades where nothing is served", "GET /other HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"],
])("a connection that %s is closed in time", async (_what, text) => {
  let now = 0;
  await using server = await startRelay({ now: () => now });
  const socket = await open(server.url);
  socket.write(text);
  await vi.waitFor(() => expect(gateOf(server.relay).waiting).toBe(1));

  now = 10_000;

  await closed(socket);
  expect(server.relay.stats().refused).toEqual({ TIMEOUT: 1 });
  await vi.waitFor(() => expect([gateOf(server.relay).waiting, gateOf(server.relay).sockets.size]).toEqual([0, 0]));
});

test.each(["/socket.io/?EIO=4&transport=polling", "/anything"])(
  "a body that is sent on after the answer to %s is not read",
  async (path) => {
    await using server = await startRelay();
    const socket = await open(server.url);
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 104857600\r\n\r\n`);
    let sent = 0;
    const send = (): void => {
      while (!socket.destroyed && sent < 104_857_600 && socket.write(Buffer.alloc(65_536))) sent += 65_536;
    };
    socket.on("drain", send);
    send();

    await closed(socket);

    expect(sent).toBeLessThan(50_000_000);
    expect(server.relay.stats().clients).toEqual({ here: 0, away: 0 });
  },
);

test("a WebSocket frame that says it is 100 MB long ends the connection before it comes", async () => {
  await using server = await startRelay();
  using raw = await openRaw(server.url);
  const header = Buffer.alloc(14);
  header[0] = 0x80 | opcodes.text;
  header[1] = 0x80 | 127;
  header.writeBigUInt64BE(104_857_600n, 2);

  raw.write(header);

  await raw.closed;
  expect(server.relay.stats()).toMatchObject({ errors: 0 });
});

test("requests that are nobody's session have a rate by address", async () => {
  await using server = await startRelay({ now: () => 0, exemptAddresses: [], limits: { requestsPerSecondPerAddress: 1 } });

  const answers = await Promise.all(Array.from({ length: 8 }, () => fetch(`${server.url}/any`)));

  expect(
    answers
      .map(({ status }) => String(status))
      .toSorted()
      .join(" "),
  ).toBe("404 404 404 404 404 429 429 429");
  expect(server.relay.stats().refused).toEqual({ RATE_LIMITED: 3 });
});

test.each(["ping", "heartbeat"])("a peer that sends one %s after the other is closed", async (kind) => {
  await using server = await startRelay({ exemptAddresses: [] });
  using raw = await openRaw(server.url);
  const dismissed = nextEvent(server.relay, "dismissed");

  for (let index = 0; index < 110 && !raw.isClosed; index++) {
    if (kind === "ping") raw.frame(opcodes.ping, "x");
    else raw.frame(opcodes.text, "3");
  }

  expect(await dismissed).toMatchObject({ code: "PROTOCOL_ERROR" });
  await raw.closed;
});

test("a connection that had to be cut costs its address five handshakes", async () => {
  await using server = await startRelay({ now: () => 0, exemptAddresses: [], limits: { handshakeBurstPerAddress: 11 } });

  for (let index = 0; index < 2; index++) {
    using raw = await openRaw(server.url);
    raw.write(Buffer.concat(Array.from({ length: 110 }, () => maskedFrame(opcodes.ping, "x"))));
    await raw.closed;
  }
  using last = await openRaw(server.url);
  const refused = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`);

  expect(last.isClosed).toBe(false);
  expect(refused.status).toBe(403);
  expect(server.relay.stats()).toMatchObject({ dismissed: { PROTOCOL_ERROR: 2 }, refused: { RATE_LIMITED: 1 } });
});

test("clients of one address share a rate of packets, and one at another address goes on", async () => {
  let now = 0;
  await using server = await startRelay({ now: () => now, limits: { packetsPerSecondPerAddress: 10 } });
  const agent = new Agent({ localAddress: stranger });
  const [alice] = await join(server.url, { clientId: "alice" }, { agent });
  const [bob] = await join(server.url, { clientId: "bob" }, { agent });
  using carol = await connect(server.url, "carol");

  for (let serial = 0; serial < 10; serial++) alice.packet("carol", serial, "text");
  await alice.settled();
  bob.packet("carol", 0, "one too many");

  expect(await bob.next("u")).toEqual(["carol", "RATE_LIMITED", 0]);
  carol.packet("alice", 0, "from elsewhere");
  expect(await alice.next("p")).toEqual(["carol", "from elsewhere"]);
  now = 10_000;
  expect(await bob.next("ready")).toEqual(["carol"]);
  for (const client of [alice, bob]) client[Symbol.dispose]();
});

test.each([
  ["its client ten", { packetsPerSecond: 100 }],
  ["its address fifty", { packetsPerSecondPerAddress: 500 }],
])("a packet to nobody costs %s", async (_whom, limits) => {
  await using server = await startRelay({ now: () => 0, limits, exemptAddresses: [] });
  using alice = await connect(server.url, "alice");

  for (let serial = 0; serial < 11; serial++) alice.packet("nobody", serial, "");

  expect(await alice.next("u", (_to: string, code: string) => code === "RATE_LIMITED")).toEqual(["nobody", "RATE_LIMITED", 10]);
});

test("handshakes that the hook has not decided are bounded", async () => {
  const decided = Promise.withResolvers<object>();
  await using server = await startRelay({ limits: { pendingHandshakes: 2 }, authenticate: () => decided.promise });
  using raw = await openRaw(server.url);
  const connectPacket = (): void => raw.packet(`0/peerloom,${JSON.stringify({ protocol: 1, instance: "instance-000" })}`);
  using first = await openRaw(server.url);
  first.packet(`0/peerloom,${JSON.stringify({ protocol: 1, instance: "instance-001" })}`);
  await vi.waitFor(() => expect(server.relay["common"].authenticating).toBe(1));
  server.relay["common"].authenticating += 1;

  connectPacket();

  await raw.saw("LIMIT");
  server.relay["common"].authenticating -= 1;
  decided.resolve({});
  await first.saw("welcome");
  await vi.waitFor(() => expect(server.relay["common"].authenticating).toBe(0));
});

test("nothing is left of the gate when the relay is closed", async () => {
  const server = await startRelay();
  const socket = await open(server.url);
  await vi.waitFor(() => expect(gateOf(server.relay).waiting).toBe(1));

  await server.relay.close();

  await closed(socket);
  await vi.waitFor(() => expect([gateOf(server.relay).waiting, gateOf(server.relay).sockets.size]).toEqual([0, 0]));
  expect(server.relay["common"].addresses.size).toBe(0);
});

test("who seems to be behind a proxy of this machine that nobody trusts is a reason for one line of advice", async () => {
  const lines: string[] = [];
  await using server = await startRelay({ authenticate: () => ({}), warn: (line) => lines.push(line) });
  for (const id of ["a", "b"]) {
    const [client] = await join(server.url, { clientId: id }, { extraHeaders: { "x-forwarded-for": "198.51.100.7" } });
    client[Symbol.dispose]();
  }

  expect(lines).toEqual([expect.stringContaining("trustProxy")]);
});

test("an address that opens more connections than it may begin things with has the others closed before anything is read of them", async () => {
  await using server = await startRelay({
    now: () => 0,
    limits: { handshakesPerSecondPerAddress: 1, handshakeBurstPerAddress: 2, requestsPerSecondPerAddress: 1 },
  });

  const sockets = await Promise.all(Array.from({ length: 10 }, () => open(server.url)));
  await vi.waitFor(() => expect(server.relay.stats().refused).toEqual({ RATE_LIMITED: 3 }));

  await Promise.all(sockets.filter((socket) => socket.resume().destroyed).map(closed));
  expect(gateOf(server.relay).sockets.size).toBe(7);
  sockets.forEach((socket) => socket.destroy());
});

test.each([[["polling"]], [["polling", "websocket"]], [["websocket"]]])(
  "a client that came by %j is no connection that waits, and stays",
  async (transports) => {
    let now = 0;
    await using server = await startRelay({ now: () => now });
    const [alice] = await join(server.url, { clientId: "alice" }, { transports });
    if (transports.length === 2 && alice.socket.io.engine.transport.name === "polling")
      await new Promise((resolve) => alice.socket.io.engine.once("upgrade", resolve));
    await vi.waitFor(() => expect(gateOf(server.relay).waiting).toBe(0));

    // Somebody who is late makes the gate look at its deadlines.
    const idle = await open(server.url);
    await vi.waitFor(() => expect([...gateOf(server.relay).sockets.keys()].map(({ remotePort }) => remotePort)).toContain(idle.localPort));
    now = 60_000;
    await closed(idle);

    expect(await alice.ok({ type: "lookup", id: "bob" })).toMatchObject({ state: "absent" });
    alice[Symbol.dispose]();
  },
);
