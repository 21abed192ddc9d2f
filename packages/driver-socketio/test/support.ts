import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { attachRelay, createRelay, type RelayOptions } from "@peerloom/server";
import type { Driver } from "@peerloom/signaling";
import { Server } from "socket.io";
import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";
import { socketIoDriver } from "../src/index.ts";

/** A relay on one port of this machine that can go and come back. */
export interface RestartableRelay extends AsyncDisposable {
  readonly url: string;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Sends an event to all clients of the relay, as only a relay could. */
  emit(event: string, ...args: unknown[]): void;
}

/** A relay with a server of its own: it says goodbye when it stops. */
export async function startRelay(options: RelayOptions = {}): Promise<RestartableRelay> {
  const settings = { signaling: true, warn: () => {}, ...options };
  let relay = createRelay({ port: 0, ...settings });
  const { url, port } = await relay.listen();
  return {
    url: `${url}/peerloom`,
    stop: () => relay.close(),
    start: async () => {
      relay = createRelay({ port, ...settings });
      await relay.listen();
    },
    emit: () => {
      throw new Error("only an attached relay can be made to lie");
    },
    [Symbol.asyncDispose]: () => relay.close(),
  };
}

/** A relay in a server of the test's: it stops without a word. */
export async function startAttached(options: RelayOptions = {}): Promise<RestartableRelay> {
  let server: Server;
  let port = 0;
  const start = async (): Promise<void> => {
    const http = createServer();
    server = new Server(http);
    attachRelay(server, { signaling: true, warn: () => {}, ...options });
    await new Promise<void>((resolve) => http.listen(port, "127.0.0.1", resolve));
    ({ port } = http.address() as AddressInfo);
  };
  const stop = async (): Promise<void> => {
    server.engine.close();
    await server.close();
  };
  await start();
  return {
    url: `http://127.0.0.1:${port}/peerloom`,
    stop,
    start,
    emit: (event, ...args) => void server.of("/peerloom").emit(event, ...args),
    [Symbol.asyncDispose]: stop,
  };
}

/** Opens a socket that comes back fast. */
export function open(url: string, options: Partial<ManagerOptions & SocketOptions> = {}): Socket {
  return io(url, { forceNew: true, transports: ["websocket"], reconnectionDelay: 20, reconnectionDelayMax: 50, ...options });
}

/** A driver with a socket of its own, which ends with it. */
export function driverAt(
  url: string,
  options: Partial<ManagerOptions & SocketOptions> = {},
): { driver: Driver; socket: Socket } & AsyncDisposable {
  const socket = open(url, options);
  const driver = socketIoDriver({ socket, timeoutMs: 5000 });
  const end = async (): Promise<void> => {
    await driver.close();
    socket.disconnect();
  };
  return { driver, socket, [Symbol.asyncDispose]: end };
}

/** Resolves when the driver is active. */
export async function active(driver: Driver): Promise<void> {
  if (!driver.isActive) await new Promise((resolve) => driver.on("active", resolve));
}
