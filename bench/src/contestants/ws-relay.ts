import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { listenHttp } from "./listen.ts";
import type { Listen } from "./wire.ts";

/** A relay on ws alone: the address is what stands before the first line feed, the rest is passed on as it came. */
export const listen: Listen = async () => {
  const clients = new Map<string, WebSocket>();
  const http = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  server.on("connection", (socket, request) => {
    const id = request.url?.slice(1) ?? "";
    clients.set(id, socket);
    socket.on("message", (data: Buffer, isBinary) => {
      const end = data.indexOf(10);
      clients.get(data.toString("latin1", 0, end))?.send(data.subarray(end + 1), { binary: isBinary });
    });
    socket.on("close", () => clients.delete(id));
  });
  return `ws://127.0.0.1:${await listenHttp(http)}`;
};
