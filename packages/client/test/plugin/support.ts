import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { p2pClientPlugin, type P2pClient, type P2pClientOptions } from "@peerloom/client/plugin";
import { p2pServerPlugin, type P2pServer, type P2pServerOptions } from "@peerloom/server/plugin";
import { Server, type Socket as ServerSocket } from "socket.io";
import { io, type Socket } from "socket.io-client";

export type TestServer = P2pServer<Server>;
export type TestClient = P2pClient<Socket, Duplex>;

/** A server with the plugin on a free port of loopback, and the clients it was asked for. */
export class TestHouse implements AsyncDisposable {
  readonly server: TestServer;
  readonly url: string;
  readonly #clients: TestClient[] = [];

  private constructor(server: TestServer, url: string) {
    this.server = server;
    this.url = url;
  }

  static async start(options: P2pServerOptions = {}): Promise<TestHouse> {
    const http = createServer();
    const server = p2pServerPlugin(new Server(http), { warn: () => {}, sessionTimeoutMs: 200, ...options });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    return new TestHouse(server, `http://127.0.0.1:${(http.address() as AddressInfo).port}`);
  }

  /** A client that is closed with the house; it need not be in yet. */
  dial(clientId: string, options: P2pClientOptions = {}): TestClient {
    const raw = io(`${this.url}?clientId=${clientId}`, { transports: ["websocket"], forceNew: true, reconnectionDelay: 10 });
    const client = p2pClientPlugin(raw, clientId, { reconnectMinMs: 10, reconnectMaxMs: 50, ...options });
    this.#clients.push(client);
    return client;
  }

  /** A client that is in. */
  async join(clientId: string, options: P2pClientOptions = {}): Promise<TestClient> {
    const client = this.dial(clientId, options);
    await client.ready;
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => leave(client)));
    await this.server.close();
  }
}

/** Disconnects a client's socket, which ends the client; resolves when the server knows. */
export async function leave(client: TestClient): Promise<void> {
  client.disconnect();
  await client.peerloom.close();
}

/** Cuts a client off as a broken network would, for good: nothing is said to the server. */
export function vanish(client: TestClient): void {
  client.io.reconnection(false);
  client.io.engine.close();
  void client.peerloom.close();
}

/** The arguments of the next event that a socket's own listeners hear. */
export function heard(socket: Pick<TestClient, "once"> | Pick<ServerSocket, "once">, event: string): Promise<unknown[]> {
  return new Promise((resolve) => socket.once(event as never, ((...args: unknown[]) => resolve(args)) as never));
}

/** Collects what a callback is called with. */
export function collector(): { readonly calls: unknown[][]; readonly callback: (...args: unknown[]) => void } {
  const calls: unknown[][] = [];
  return { calls, callback: (...args) => void calls.push(args) };
}

/** What `id` acknowledges to an event. */
export function asked(sender: Pick<TestClient | TestServer, "emitTo">, id: string, event: string, ...args: unknown[]): Promise<unknown[]> {
  return new Promise((resolve) => sender.emitTo(id, event, ...args, (...values: unknown[]) => resolve(values)));
}

/** What a service acknowledges. */
export function served(
  user: Pick<TestClient | TestServer, "emitService">,
  service: string,
  api: string,
  ...args: unknown[]
): Promise<unknown[]> {
  return new Promise((resolve) => user.emitService(service, api, ...args, (...values: unknown[]) => resolve(values)));
}

/** Resolves when `target` has handled all that `sender` sent it before. */
export async function settled(sender: TestClient, target: TestClient): Promise<void> {
  target.from(sender.clientId).once("settle", (ack: () => void) => ack());
  await asked(sender, target.clientId, "settle");
}

/** Resolves when a stream is closed, whether by an error or not. */
export function closed(duplex: Duplex): Promise<void> {
  return new Promise((resolve) => (duplex.closed ? resolve() : duplex.once("close", resolve)));
}
