import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { p2pClientPlugin } from "@peerloom/client/plugin";
import { p2pServerPlugin } from "@peerloom/server/plugin";
import { Server } from "socket.io";
import { io as connect } from "socket.io-client";
import { describe, expect, test, vi } from "vitest";
import { asked, heard, leave, settled, TestHouse, vanish } from "./support.ts";

describe("2.1.2 Requirements", () => {
  test("Connected clients must be added to clientMap", async () => {
    await using house = await TestHouse.start();

    const [alice, bob] = [await house.join("alice"), await house.join("bob")];

    expect(house.server.clientMap).toEqual({ alice: alice.id, bob: bob.id });
  });

  test("Disconnected clients must be removed from clientMap", async () => {
    await using house = await TestHouse.start();
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];

    await leave(alice);
    const away = new Promise((resolve) => house.server.peerloom.once("away", resolve));
    vanish(bob);
    await away;

    expect(house.server.clientMap).toEqual({});
  });

  test("A new socket is created when a client connects to server", async () => {
    await using house = await TestHouse.start();
    const created: string[] = [];
    house.server.on("connection", (socket) => void created.push(socket.id));

    const [alice, bob] = [await house.join("alice"), await house.join("bob")];

    expect(created).toEqual([alice.id, bob.id]);
    expect(alice.id).not.toBe(bob.id);
    expect(house.server.getSocketByClientId("alice")?.id).toBe(alice.id);
  });

  test("Every created socket must listen to P2P_EMIT, P2P_EMIT_ACKNOWLEDGE, JOIN_ROOM, LEAVE_ROOM & EMIT_ROOM events", async () => {
    await using house = await TestHouse.start();
    const clients = await Promise.all(["alice", "bob", "carol"].map((id) => house.join(id)));
    for (const client of clients) client.onAny("double", (n: number, ack?: (n: number) => void) => ack?.(n * 2));

    for (const [index, client] of clients.entries()) {
      const next = clients[(index + 1) % clients.length] as typeof client;
      const emitted = new Promise((resolve) => next.onceAny("hello", resolve));
      client.emitTo(next.clientId, "hello", "you"); // P2P_EMIT
      expect(await emitted).toBe("you");
      expect(await asked(client, next.clientId, "double", 21)).toEqual([42]); // P2P_EMIT_ACKNOWLEDGE
      await Promise.all([client.joinRoom("lobby"), next.joinRoom("lobby")]); // JOIN_ROOM
      const said = heard(next, "say");
      client.emitRoom("lobby", "say", "hi"); // EMIT_ROOM
      expect(await said).toEqual(["hi"]);
      await Promise.all([client.leaveRoom("lobby"), next.leaveRoom("lobby")]); // LEAVE_ROOM
    }

    expect(house.server.peerloom.stats()).toMatchObject({ rooms: 0, malformed: 0 });
  });

  test("clientId is required & must be unique", async () => {
    await using house = await TestHouse.start();
    await house.join("alice");
    const errors = vi.spyOn(console, "error").mockImplementation(() => {});

    expect(() => house.dial("")).toThrow(TypeError);
    await expect(house.join("alice")).rejects.toMatchObject({ code: "CLIENT_ID_TAKEN" });

    expect(errors.mock.calls).toEqual([[expect.objectContaining({ code: "CLIENT_ID_TAKEN" })]]);
    expect(Object.keys(house.server.clientMap)).toEqual(["alice"]);
  });
});

describe("2.1.1 Function explanation", () => {
  test("createListeners: create the listeners for Socket.IO events, also of sockets that were connected before", async () => {
    const http = createServer();
    const io = new Server(http);
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    const raw = connect(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, { transports: ["websocket"], forceNew: true });
    await heard(raw as never, "connect");

    const server = p2pServerPlugin(io, { warn: () => {} });
    const alice = p2pClientPlugin(raw, "alice");
    await alice.ready;
    expect(server.clientMap).toEqual({ alice: raw.id });
    const socket = server.getSocketByClientId("alice");
    const gone = new Promise((resolve) => server.peerloom.once("gone", resolve));
    alice.disconnect();
    await gone;

    expect(socket?.id).toBeDefined();
    expect(server.clientMap).toEqual({}); // disconnect: remove client from clientMap
    await alice.peerloom.close();
    await server.close();
  });

  test("addClient/removeClient add to and remove from the clientMap, also what the plugin does not know", async () => {
    await using house = await TestHouse.start();
    const plain = connect(house.url, { transports: ["websocket"], forceNew: true });
    await heard(plain as never, "connect");

    house.server.addClient("plain", plain.id as string);

    expect(house.server.clientMap).toEqual({ plain: plain.id });
    expect(house.server.getSocketByClientId("plain")?.id).toBe(plain.id);
    house.server.removeClient("plain");
    expect(house.server.clientMap).toEqual({});
    expect(house.server.getSocketByClientId("plain")).toBeUndefined();
    expect(() => house.server.addClient("", "x")).toThrow(TypeError);
    plain.disconnect();
  });

  test("the look-ups of clientMap work both ways, and no id reaches a prototype", async () => {
    await using house = await TestHouse.start();
    const alice = await house.join("alice");
    await house.join("__proto__");

    expect(house.server.getAllClientId()).toEqual(["alice", "__proto__"]);
    expect(house.server.getSocketIdByClientId("alice")).toBe(alice.id);
    expect(house.server.getClientIdBySocketId(alice.id as string)).toBe("alice");
    expect(house.server.getSocketIdByClientId("toString")).toBeUndefined();
    expect(house.server.clientMap["toString"]).toBeUndefined();
  });

  test("getSocketByClientId gives a Socket that can use Socket.IO functions (emit, on, ...)", async () => {
    await using house = await TestHouse.start();
    const alice = await house.join("alice");
    const socket = house.server.getSocketByClientId("alice");

    alice.on("sum", (a: number, b: number, ack: (sum: number) => void) => ack(a + b));
    const atServer = new Promise((resolve) => socket?.on("ping me", resolve));
    alice.emit("ping me", "now");

    expect(await socket?.emitWithAck("sum", 1, 2)).toBe(3);
    expect(await atServer).toBe("now");
  });

  test("a client that comes back after its connection broke is in the clientMap with its new socket", async () => {
    await using house = await TestHouse.start({ sessionTimeoutMs: 5000 });
    const alice = await house.join("alice");
    const before = alice.id;

    const back = new Promise((resolve) => house.server.peerloom.once("connection", resolve));
    alice.io.engine.close();
    await back;
    const socket = house.server.getSocketByClientId("alice");

    expect(socket).toBeDefined();
    expect(socket?.id).not.toBe(before);
  });

  test("emitError logs an error using console.error & emits it to the source client, which can listen to it", async () => {
    await using house = await TestHouse.start();
    const errors = vi.spyOn(console, "error").mockImplementation(() => {});
    const alice = await house.join("alice");
    const error = Object.assign(new Error("the disk is full"), { code: "DISK_FULL" });

    const told = heard(alice, "SERVER_ERROR");
    house.server.emitError("alice", error);

    expect(await told).toEqual([expect.objectContaining({ code: "DISK_FULL", message: "the disk is full", remote: true })]);
    expect(errors).toHaveBeenCalledWith(error);
  });

  test("JOIN_ROOM, LEAVE_ROOM: control the joining/leaving room of sockets", async () => {
    await using house = await TestHouse.start({ authorize: (action) => action.type !== "join" || action.room !== "secret" });
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];

    await house.server.joinRoom("alice", "lobby");
    const news = heard(alice, "news");
    house.server.emitRoom("lobby", "news", 1);
    expect(await news).toEqual([1]);
    bob.emitTo("alice", "LEAVE_ROOM", "lobby");
    await settled(bob, alice);
    expect(house.server.peerloom.stats().rooms).toBe(1);
    await house.server.leaveRoom("alice", "lobby");
    expect(house.server.peerloom.stats().rooms).toBe(0);

    await expect(house.server.joinRoom("alice", "secret")).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(house.server.joinRoom("nobody", "lobby")).rejects.toMatchObject({ code: "PEER_NOT_FOUND" });
    await expect(house.server.joinRoom("alice", "")).rejects.toThrow(TypeError);
    await expect(house.server.peerloom.remote("alice").emitWithAck("JOIN_ROOM", 7)).rejects.toMatchObject({ code: "HANDLER_ERROR" });
  });

  test("emitRoom emits data to all the sockets in a room", async () => {
    await using house = await TestHouse.start();
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];
    await Promise.all([alice.joinRoom("lobby"), bob.joinRoom("lobby")]);

    const told = Promise.all([heard(alice, "news"), heard(bob, "news")]);
    house.server.emitRoom("lobby", "news", { n: 1 }, new Uint8Array([1, 2]));
    house.server.emitRoom("nobody is here", "news");

    const news = [{ n: 1 }, new Uint8Array([1, 2])];
    expect((await told).map((args) => args.map((arg) => (arg instanceof Uint8Array ? new Uint8Array(arg) : arg)))).toEqual([news, news]);
    expect(() => house.server.emitRoom("lobby", "news", () => {})).toThrow(TypeError);
  });

  test("the server's own functions and events go on as before", async () => {
    await using house = await TestHouse.start();
    house.server.on("connection", (socket) => void socket.on("echo", (text, ack) => ack(text)));
    const alice = await house.join("alice");

    expect(await alice.emitWithAck("echo", "x")).toBe("x");
    expect(house.server.sockets.sockets.size).toBe(1);
    expect("emitTo" in house.server).toBe(true);
  });
});
