import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as entry from "@peerloom/server/plugin";
import { Server } from "socket.io";
import { expect, test, vi } from "vitest";
import { p2pServerPlugin, type P2pServer, type P2pServerOptions } from "../../src/plugin.ts";
import { connect, nextEvent, type RawClient } from "../support.ts";

/** A server with the plugin on a free port of this machine, closed at the end of the block. */
async function start(options: P2pServerOptions = {}): Promise<{ server: P2pServer<Server>; url: string } & AsyncDisposable> {
  const http = createServer();
  const server = p2pServerPlugin(new Server(http), { warn: () => {}, ...options });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, [Symbol.asyncDispose]: () => server.close() };
}

const roomPacket = (client: RawClient): Promise<unknown[]> => client.next("r");

test("exports the plugin, and nothing else", () => {
  expect(Object.keys(entry)).toEqual(["p2pServerPlugin"]);
});

test("a client without a socket in the main namespace has the relay's own", async () => {
  await using house = await start();
  using alice = await connect(house.url, "alice");

  expect(house.server.clientMap).toEqual({ alice: alice.socket.id });
  expect(house.server.getSocketByClientId("alice")).toBe(house.server.peerloom.socketOf("alice"));
});

test("who takes an id over takes its place in the clientMap", async () => {
  await using house = await start({ duplicateId: "replace" });
  using first = await connect(house.url, "alice");

  using second = await connect(house.url, "alice");
  await first.next("disconnect");

  expect(house.server.clientMap).toEqual({ alice: second.socket.id });
});

test("a client may only provide the service of its own id, and what the given hook allows", async () => {
  await using house = await start({ authorize: (action) => action.type !== "provide" || !action.service.endsWith("/no") });
  using alice = await connect(house.url, "alice");
  const provide = (service: string): object => ({ type: "provide", service });

  expect(await alice.ok(provide("alice"))).toEqual({});
  expect(await alice.ok(provide("alice/add"))).toEqual({});
  expect(await alice.code(provide("alice/no"))).toBe("FORBIDDEN");
  expect(await alice.code(provide("bob/add"))).toBe("FORBIDDEN");
  expect(await alice.code(provide("alice2"))).toBe("FORBIDDEN");
});

test("a service on the server is one entry for itself and one for each API, at the relay's id", async () => {
  await using house = await start({ isService: true });
  using alice = await connect(house.url, "alice");

  await house.server.asService("math").provideService("add", () => {});

  const listed = (await alice.ok({ type: "services" })) as { services: readonly { service: string }[] };
  expect(listed.services.map(({ service }) => service)).toEqual(["math", "math/add"]);
  const providers = (await alice.ok({ type: "providers", service: "math/add" })) as { providers: readonly { id: string }[] };
  expect(providers.providers.map(({ id }) => id)).toEqual(["relay"]);
});

test("emitRoom is one packet to each member, stamped with the relay's id", async () => {
  await using house = await start();
  using alice = await connect(house.url, "alice");
  await alice.ok({ type: "join", room: "lobby", head: 0 });

  house.server.emitRoom("lobby", "news", 1);
  const [room, from, , text] = await roomPacket(alice);

  expect([room, from]).toEqual(["lobby", "relay"]);
  expect(text).toContain('"news"');
  expect(house.server.peerloom.stats().roomPackets).toBe(1);
  expect(() => house.server.emitRoom("peerloom:x", "news")).toThrow(TypeError);
  expect(() => house.server.emitRoom("lobby", "news", "x".repeat(300_000))).toThrow("limit");
});

test("what the server sends to nobody is told on the console", async () => {
  await using house = await start();
  const errors = vi.spyOn(console, "error").mockImplementation(() => {});

  const told = nextEvent(house.server.peerloom, "undeliverable");
  house.server.emitTo("nobody", "hello", 1);

  expect(await told).toMatchObject({ to: "nobody", event: "hello", error: { code: "PEER_NOT_FOUND" } });
  expect(errors).toHaveBeenCalledWith(expect.objectContaining({ code: "PEER_NOT_FOUND" }));
});

test("closing closes the relay and the server, and leaves nothing in the map", async () => {
  await using house = await start({ isService: true });
  using alice = await connect(house.url, "alice");
  house.server.asService("math").createTopic("t");

  await house.server.close();
  await alice.next("disconnect");

  expect(house.server.clientMap).toEqual({});
  expect(house.server.peerloom.stats()).toMatchObject({ clients: { here: 0, away: 0 }, services: 0, topics: 0 });
  expect(house.server.listeners("connection")).toEqual([]);
});

test("wrong arguments are told at once", () => {
  expect(() => p2pServerPlugin({} as Server)).toThrow(TypeError);
  expect(() => p2pServerPlugin(new Server(), { isServcie: true } as object)).toThrow("isServcie");
});
