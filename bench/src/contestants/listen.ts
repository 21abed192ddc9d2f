import { once } from "node:events";
import { createServer } from "node:http";
import type { Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Listens on a loopback port, a free one unless told, and resolves with it. */
export async function listenHttp(http: HttpServer, port: number = 0): Promise<number> {
  http.listen({ port, host: "127.0.0.1", backlog: 4096 });
  await once(http, "listening");
  return (http.address() as AddressInfo).port;
}

/** Gives a socket.io server, of whatever version, a port of its own. */
export async function listenIo(io: { attach(http: HttpServer): unknown }, port?: number): Promise<string> {
  const http = createServer();
  io.attach(http);
  return `http://127.0.0.1:${await listenHttp(http, port)}`;
}
