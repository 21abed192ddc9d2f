import { driverSuite } from "@peerloom/signaling/testing";
import type { Socket } from "socket.io-client";
import { test } from "vitest";
import { socketIoDriver } from "../src/index.ts";
import { open, startAttached, startRelay, type RestartableRelay } from "./support.ts";

const signaling = { messageBytes: 256 * 1024 };
const relays = {
  "a relay of its own over WebSocket": { start: () => startRelay({ signaling }), transports: ["websocket"] },
  "an attached relay over polling": { start: () => startAttached({ signaling }), transports: ["polling"] },
} as const;

class World {
  readonly relay: RestartableRelay;
  readonly #transports: readonly string[];
  readonly #sockets: Socket[] = [];

  constructor(relay: RestartableRelay, transports: readonly string[]) {
    this.relay = relay;
    this.#transports = transports;
  }

  create() {
    const socket = open(this.relay.url, { transports: [...this.#transports] });
    this.#sockets.push(socket);
    return socketIoDriver({ socket });
  }

  async close(): Promise<void> {
    const left = this.#sockets.filter((socket) => ["connect", "signal", "bye"].some((event) => socket.hasListeners(event)));
    for (const socket of this.#sockets) socket.disconnect();
    await this.relay[Symbol.asyncDispose]();
    if (left.length > 0) throw new Error("a closed driver has left listeners at its socket");
  }
}

for (const [name, { start, transports }] of Object.entries(relays)) {
  driverSuite({
    name: `socket.io to ${name}`,
    test,
    open: async () => new World(await start(), transports),
    cut: ({ relay }) => relay.stop(),
    restore: ({ relay }) => relay.start(),
    ...(start === relays["an attached relay over polling"].start && {
      disturb: ({ relay }: World, address: string): void => {
        const bytes = Buffer.from("x");
        const wrong = [
          [],
          [address],
          [address, "a"],
          [address, "a", "text"],
          [1, "a", bytes],
          [address, 1, bytes],
          [address, "", bytes],
          [address, "a", bytes, 1],
        ];
        for (const args of wrong) relay.emit("signal", ...args);
        relay.emit("bye", "no reason");
      },
    }),
  });
}
