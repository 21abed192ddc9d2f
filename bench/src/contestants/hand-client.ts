import { io } from "socket.io-client";
import type { Socket } from "socket.io-client";
import { Window } from "./window.ts";
import type { Connect, ConnectIdle, ConnectMember } from "./wire.ts";

/** Connects a socket of socket.io. */
export async function open(url: string, id: string): Promise<Socket> {
  const socket = io(url, { transports: ["websocket"], reconnection: false, forceNew: true, auth: { id } });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", reject);
  });
  return socket;
}

export const connect: Connect = async (url, id, peer, handlers) => {
  const socket = await open(url, id);
  const window = new Window((received) => socket.emit("a", peer, received));
  socket.on("m", (payload: unknown) => {
    handlers.message(payload);
    window.received();
  });
  socket.on("q", (payload: unknown, reply: (value: unknown) => void) => reply(handlers.request(payload)));
  socket.on("a", (received: number) => window.acked(received));
  return {
    send(payload) {
      socket.emit("m", peer, payload);
      return window.sent();
    },
    drained: () => window.drained(),
    request: (payload) => socket.emitWithAck("q", peer, payload),
    setWindow: (messages) => window.reset(messages),
  };
};

export const connectIdle: ConnectIdle = async (url, id) => {
  const socket = await open(url, id);
  return () => socket.connected;
};

export const connectMember: ConnectMember = async (url, id, room) => {
  const socket = io(url, { transports: ["websocket"], forceNew: true, auth: { id } });
  let isIn = false;
  socket.on("disconnect", () => (isIn = false));
  const enter = async (): Promise<void> => {
    const members: unknown = await socket.emitWithAck("join", room);
    isIn = Array.isArray(members);
  };
  await new Promise<void>((resolve, reject) => {
    socket.on("connect", () => void enter().then(resolve, reject));
    socket.once("connect_error", reject);
  });
  return { isBack: () => isIn && socket.connected };
};
