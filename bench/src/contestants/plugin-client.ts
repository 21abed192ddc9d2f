import type { EventEmitter } from "node:events";
import { createRequire } from "node:module";
import type { Duplex } from "node:stream";
import { Window } from "./window.ts";
import type { Connect, ConnectIdle } from "./wire.ts";

interface OldSocket extends EventEmitter {
  readonly connected: boolean;
}

interface PluginSocket extends OldSocket {
  addP2pStream(to: string, channel: string, options: object): Promise<Duplex>;
  onAddP2pStream(channel: string, handler: (duplex: Duplex) => void): void;
  emitTo(to: string, event: string, ...args: unknown[]): void;
}

/** Connects a socket of the plugin. */
export async function open(url: string, id: string): Promise<PluginSocket> {
  const require = createRequire(import.meta.url);
  const io = require("socket.io-client-2") as (url: string, options: object) => OldSocket;
  const plugin = require("@gigasource/socket.io-p2p-plugin") as { p2pClientPlugin(socket: OldSocket, id: string): PluginSocket };
  const socket = io(url, { transports: ["websocket"], reconnection: false, forceNew: true, query: { clientId: id } });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", reject);
  });
  return plugin.p2pClientPlugin(socket, id);
}

export const connect: Connect = async (url, id, peer, handlers) => {
  const socket = await open(url, id);
  const window = new Window((received) => socket.emitTo(peer, "a", received));
  socket.on("m", (payload: unknown) => {
    handlers.message(payload);
    window.received();
  });
  socket.on("q", (payload: unknown, reply: (value: unknown) => void) => reply(handlers.request(payload)));
  socket.on("a", (received: number) => window.acked(received));
  return {
    send(payload) {
      // To that version, bytes are what is a Buffer.
      socket.emitTo(peer, "m", typeof payload === "string" ? payload : Buffer.from(payload.buffer, payload.byteOffset, payload.length));
      return window.sent();
    },
    drained: () => window.drained(),
    request: (payload) => new Promise((resolve) => socket.emitTo(peer, "q", payload, resolve)),
    setWindow: (messages) => window.reset(messages),
  };
};

export const connectIdle: ConnectIdle = async (url, id) => {
  const socket = await open(url, id);
  return () => socket.connected;
};
