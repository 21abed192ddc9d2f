import { createRelay, type RelayServer } from "@peerloom/server";
import { driverSuite } from "@peerloom/signaling/testing";
import { io, type Socket } from "socket.io-client";
import { test } from "vitest";
import { socketIoDriver } from "../src/index.ts";

const signaling = { messageBytes: 256 * 1024 };

for (const transports of [["websocket"], ["polling"]] as const) {
  driverSuite({
    name: `socket.io over ${transports[0]}`,
    test,
    open: async () => {
      let relay: RelayServer = createRelay({ port: 0, signaling, warn: () => {} });
      const { url, port } = await relay.listen();
      const sockets: Socket[] = [];
      return {
        create: () => {
          const socket = io(`${url}/peerloom`, {
            transports: [...transports],
            forceNew: true,
            reconnectionDelay: 20,
            reconnectionDelayMax: 50,
          });
          sockets.push(socket);
          return socketIoDriver({ socket });
        },
        cut: () => relay.close(),
        restore: async () => {
          relay = createRelay({ port, signaling, warn: () => {} });
          await relay.listen();
        },
        close: async () => {
          const left = sockets.filter((socket) => ["connect", "signal", "bye"].some((event) => socket.hasListeners(event)));
          for (const socket of sockets) socket.disconnect();
          await relay.close();
          if (left.length > 0) throw new Error("a closed driver has left listeners at its socket");
        },
      };
    },
    cut: (world) => world.cut(),
    restore: (world) => world.restore(),
  });
}
