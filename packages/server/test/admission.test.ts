import { PeerloomError } from "@peerloom/core";
import { describe, expect, test } from "vitest";
import type { Connection } from "../src/line.ts";
import { connect, dial, instance, join, nextEvent, refusal, startAttached, startRelay } from "./support.ts";

describe("admission", () => {
  test("a client is welcomed under the id it asked for, before anything else", async () => {
    await using server = await startRelay({ relayId: "home", sessionTimeoutMs: 1234 });

    const [client, welcome] = await join(server.url, { clientId: "alice", metadata: { age: 7 } });
    using _ = client;

    expect(welcome).toEqual({
      clientId: "alice",
      resume: expect.stringMatching(/^[\w-]{43}$/) as string,
      relayId: "home",
      sessionTimeoutMs: 1234,
      maxPacketBytes: 262_144,
      metadata: { age: 7 },
    });
  });

  test("a client that asks for no id gets one", async () => {
    await using server = await startRelay();

    const [a, first] = await join(server.url);
    const [b, second] = await join(server.url);
    using _a = a;
    using _b = b;

    expect(first.clientId).toMatch(/^[0-9a-f-]{36}$/);
    expect(second.clientId).not.toBe(first.clientId);
  });

  test.each([
    ["no instance", { instance: undefined }],
    ["a short instance", { instance: "abc" }],
    ["an id with a control character", { clientId: "a\nb" }],
    ["an empty id", { clientId: "" }],
    ["an id that is too long", { clientId: "x".repeat(129) }],
    ["an id of the wrong type", { clientId: ["alice"] }],
    ["metadata that is too large", { metadata: "x".repeat(4097) }],
    ["a version that is no number", { protocol: "1" }],
    ["no version", { protocol: undefined }],
  ])("a handshake with %s is refused with BAD_HANDSHAKE", async (_name, auth) => {
    await using server = await startRelay();

    const data = await refusal(server.url, auth);

    expect(data).toEqual({ code: "BAD_HANDSHAKE", message: expect.any(String) as string });
    expect(server.relay.stats()).toMatchObject({ refused: { BAD_HANDSHAKE: 1 }, clients: { here: 0, away: 0 } });
  });

  test("another version is refused with PROTOCOL_MISMATCH, whatever the rest of the handshake looks like", async () => {
    await using server = await startRelay();

    const data = await refusal(server.url, { protocol: 2, instance: { new: "form" } });

    expect(data).toEqual({ code: "PROTOCOL_MISMATCH", message: "this relay speaks version 1 of the protocol, the client version 2" });
  });

  test("ids like __proto__ and constructor are ids like any other", async () => {
    await using server = await startRelay();
    using proto = await connect(server.url, "__proto__");
    using constructor = await connect(server.url, "constructor");

    proto.packet("constructor", 1, "hi");
    const packet = await constructor.next("p");

    expect(packet).toEqual(["__proto__", "hi"]);
    expect(await proto.ok({ type: "lookup", id: "toString" })).toEqual({ id: "toString", state: "absent" });
  });

  test("nobody gets the relay's own id", async () => {
    await using server = await startRelay();

    expect(await refusal(server.url, { clientId: "relay" })).toMatchObject({ code: "CLIENT_ID_TAKEN" });
  });

  test("a second client on one connection is refused", async () => {
    await using server = await startRelay();
    using first = await connect(server.url, "alice");
    const conn = first.socket.io;

    conn.engine.write("0/peerloom," + JSON.stringify({ protocol: 1, instance: instance(), clientId: "mallory" }));
    const [reason] = await first.next("disconnect");

    // socket.io itself closes a connection that joins a namespace twice
    expect(reason).toBe("transport close");
    expect(server.relay.stats().clients.here).toBe(0);
  });

  test("two clients that come at once on one connection are one too many", async () => {
    const waiting: (() => void)[] = [];
    await using server = await startRelay({ authenticate: () => new Promise((resolve) => waiting.push(() => resolve({}))) });
    using client = dial(server.url, { clientId: "alice" });
    const refused = nextEvent(server.relay, "refused");
    client.socket.io.on("open", () => {
      client.socket.io.engine.write("0/peerloom," + JSON.stringify({ protocol: 1, instance: instance(), clientId: "mallory" }));
    });

    expect(await refused).toMatchObject({ code: "BAD_HANDSHAKE", where: "handshake" });
    waiting.forEach((go) => go());

    expect(waiting).toHaveLength(1);
  });

  test("more clients than the limit are refused with LIMIT", async () => {
    await using server = await startRelay({ limits: { clients: 1 } });
    using _a = await connect(server.url, "a");

    expect(await refusal(server.url, { clientId: "b" })).toMatchObject({ code: "LIMIT" });
  });

  test("a socket of the server's root namespace is refused", async () => {
    await using server = await startRelay();
    using client = dial(server.url);
    const root = client.socket.io.socket("/");
    const refused = new Promise((resolve) => root.once("connect_error", resolve));
    root.connect();

    expect(String(await refused)).toContain("this relay serves the namespace /peerloom");
  });
});

describe("authenticate", () => {
  test("decides id, claims and metadata", async () => {
    await using server = await startRelay({
      authenticate: async ({ token }) => {
        await Promise.resolve();
        return { clientId: `user-${token}`, claims: { admin: true }, metadata: { name: "Ann" } };
      },
    });
    const connection = nextEvent(server.relay, "connection");

    const [client, welcome] = await join(server.url, { clientId: "root", token: "7", metadata: { name: "root" } });
    using _ = client;

    expect(welcome).toMatchObject({ clientId: "user-7", metadata: { name: "Ann" } });
    expect(await connection).toMatchObject({ clientId: "user-7", claims: { admin: true }, isResumed: false });
  });

  test("sees the request, and refuses by false", async () => {
    const seen: unknown[] = [];
    await using server = await startRelay({ authenticate: (request) => (seen.push(request), false) });

    const data = await refusal(server.url, { clientId: "alice", token: "t", instance: "instance1" });

    expect(data).toEqual({ code: "UNAUTHORIZED", message: "authentication failed" });
    expect(seen).toMatchObject([
      { clientId: "alice", token: "t", instance: "instance1", address: expect.stringContaining("127.0.0.1") as string },
    ]);
  });

  test("what it throws stays at home, unless it is a PeerloomError", async () => {
    let thrown: Error = new Error("the database password is hunter2");
    await using server = await startRelay({
      authenticate: () => {
        throw thrown;
      },
    });

    expect(await refusal(server.url, {})).toEqual({ code: "UNAUTHORIZED", message: "authentication failed" });
    thrown = new PeerloomError("UNAUTHORIZED", "your token has expired");
    expect(await refusal(server.url, {})).toEqual({ code: "UNAUTHORIZED", message: "your token has expired" });
  });

  test("an impossible answer lets nobody in and is told to the operator", async () => {
    await using server = await startRelay({ authenticate: () => ({ clientId: "a\u0000b" }) });
    const failed = nextEvent(server.relay, "error");

    expect(await refusal(server.url, {})).toMatchObject({ code: "UNAUTHORIZED" });
    expect(await failed).toEqual({ error: expect.any(TypeError) as Error });
  });

  test("a connection that ends while it runs leaves nothing behind", async () => {
    const entered = Promise.withResolvers<void>();
    const go = Promise.withResolvers<object>();
    await using server = await startAttached({ authenticate: () => (entered.resolve(), go.promise) });
    const closed = new Promise((resolve) =>
      server.io.engine.once("connection", (connection: Connection) => connection.once("close", resolve)),
    );
    using client = dial(server.url, { clientId: "alice" });
    const refused = nextEvent(server.relay, "refused");
    await entered.promise;

    client.cut();
    await closed;
    go.resolve({});

    expect(await refused).toMatchObject({ code: "ABORTED" });
    expect(server.relay.stats().clients).toEqual({ here: 0, away: 0 });
  });

  test("a connection that ends after it, but before socket.io's own handshake, leaves nothing behind either", async () => {
    const admitted = Promise.withResolvers<Connection>();
    await using server = await startAttached();
    server.io.of("/peerloom").use((socket, next) => {
      const { conn } = socket;
      conn.once("close", () => next());
      admitted.resolve(conn);
    });
    using client = dial(server.url, { clientId: "alice" });
    const connection = await admitted.promise;
    expect(server.relay.stats().clients).toEqual({ here: 0, away: 1 });

    const closed = new Promise((resolve) => connection.once("close", resolve));
    client.cut();
    await closed;

    expect(server.relay.stats().clients).toEqual({ here: 0, away: 0 });
  });
});
