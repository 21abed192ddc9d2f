import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { driverSuite } from "@peerloom/signaling/testing";
import { test } from "vitest";
import { ownDriver } from "../own-driver.ts";

/** The hub that the example's driver talks to. */
class Hub {
  readonly #members = new Map<Socket, Set<string>>();
  #server: Server | undefined;
  #port = 0;

  get port(): number {
    return this.#port;
  }

  async start(): Promise<void> {
    this.#server = createServer((socket) => this.#serve(socket)).listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    for (const socket of this.#members.keys()) socket.destroy();
    server.close();
    await once(server, "close");
  }

  /** Sends a line to all. */
  tell(line: string): void {
    for (const socket of this.#members.keys()) socket.write(`${line}\n`);
  }

  #serve(socket: Socket): void {
    const addresses = new Set<string>();
    this.#members.set(socket, addresses);
    socket.on("error", () => {});
    socket.on("close", () => this.#members.delete(socket));
    const lines = createInterface({ input: socket });
    lines.on("error", () => {});
    lines.on("line", (line) => {
      const [what, address = "", text] = JSON.parse(line) as string[];
      if (what === "subscribe") {
        addresses.add(address);
        socket.write(`${JSON.stringify(["subscribed", address])}\n`);
      } else if (what === "unsubscribe") addresses.delete(address);
      else
        for (const [other, others] of this.#members)
          if (other !== socket && others.has(address)) other.write(`${JSON.stringify(["message", address, text])}\n`);
    });
  }
}

driverSuite({
  name: "own driver",
  test,
  open: async () => {
    const hub = new Hub();
    await hub.start();
    return { hub, create: () => ownDriver(hub.port), close: () => hub.stop() };
  },
  cut: ({ hub }) => hub.stop(),
  restore: ({ hub }) => hub.start(),
  disturb: ({ hub }, address) =>
    ["", "{", "null", "[]", "{}", `["message"]`, `["message",1,2]`, `["message","${address}",[1]]`].forEach((line) => hub.tell(line)),
});
