import { Server } from "socket.io";
import type { Socket } from "socket.io";
import { listenIo } from "./listen.ts";
import type { Listen } from "./wire.ts";

type Reply = (value: unknown) => void;

/** The best relay one writes by hand on socket.io: no polling, no compression, one look-up in a Map, the event forwarded. */
export const listen: Listen = (port) => {
  const clients = new Map<string, Socket>();
  const io = new Server({ transports: ["websocket"], perMessageDeflate: false, httpCompression: false, serveClient: false });
  io.on("connection", (socket) => {
    const id = String(socket.handshake.auth["id"]);
    clients.set(id, socket);
    socket.on("m", (to: string, payload: unknown) => clients.get(to)?.emit("m", payload));
    socket.on("q", (to: string, payload: unknown, reply: Reply) => clients.get(to)?.emit("q", payload, reply));
    socket.on("a", (to: string, received: unknown) => clients.get(to)?.emit("a", received));
    socket.on("subscribe", (reply: Reply) => {
      void socket.join("topic");
      reply({});
    });
    socket.on("join", (room: string, reply: Reply) => {
      void socket.join(room);
      socket.to(room).emit("joined", id);
      reply([...(io.sockets.adapter.rooms.get(room) ?? [])]);
    });
    socket.on("t", (payload: unknown) => io.to("topic").emit("t", payload));
    socket.on("disconnect", () => clients.delete(id));
  });
  return listenIo(io, port);
};
