import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { p2pClientPlugin } from "@peerloom/client/plugin";
import { p2pServerPlugin } from "@peerloom/server/plugin";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import { expect, test, vi } from "vitest";
import { heard, leave, served } from "./support.ts";

test("messages, services and rooms go on when the server is started anew", async () => {
  const start = async (port: number) => {
    const http = createServer();
    const server = p2pServerPlugin(new Server(http), { warn: () => {}, secret: "a secret for tests", isService: true });
    await server.asService("clock").provideService("time", (ack: (time: number) => void) => ack(12));
    await new Promise<void>((resolve) => http.listen(port, "127.0.0.1", resolve));
    return { server, port: (http.address() as AddressInfo).port };
  };
  const first = await start(0);
  const dial = (id: string) =>
    p2pClientPlugin(io(`http://127.0.0.1:${first.port}`, { transports: ["websocket"], forceNew: true, reconnectionDelay: 10 }), id, {
      reconnectMinMs: 10,
      reconnectMaxMs: 50,
    });
  const [alice, bob] = [dial("alice"), dial("bob")];
  const got: number[] = [];
  bob.onAny("n", (n: number) => void got.push(n));
  await Promise.all([bob.joinRoom("lobby"), alice.joinRoom("lobby")]);
  alice.emitTo("bob", "n", 0);
  await vi.waitFor(() => expect(got).toEqual([0]));

  await first.server.close();
  alice.emitTo("bob", "n", 1);
  alice.emitRoom("lobby", "say", "hi");
  const said = heard(bob, "say");
  const second = await start(first.port);

  await vi.waitFor(() => expect(got).toEqual([0, 1]), { timeout: 5000 });
  expect(await said).toEqual(["hi"]);
  expect(await served(alice, "clock", "time")).toEqual([12]);
  await vi.waitFor(() => expect(Object.keys(second.server.clientMap).toSorted()).toEqual(["alice", "bob"]));
  expect(second.server.getSocketByClientId("alice")?.id).toBe(alice.id);
  await Promise.all([leave(alice), leave(bob)]);
  await second.server.close();
});
