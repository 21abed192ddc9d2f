import { once } from "node:events";
import type { Duplex } from "node:stream";
import { open } from "./plugin-client.ts";
import type { Connect } from "./wire.ts";

/** The plugin's own streams from `a` to `b`. */
export const connect: Connect = async (url, id, peer, handlers) => {
  const socket = await open(url, id);
  socket.on("q", (payload: unknown, reply: (value: unknown) => void) => reply(handlers.request(payload)));
  socket.onAddP2pStream("bulk", (duplex) => void duplex.on("data", (chunk) => handlers.message(chunk)));
  const duplex: Duplex | undefined = id === "a" ? await socket.addP2pStream(peer, "bulk", {}) : undefined;
  return {
    send: (payload) => duplex?.write(payload) ?? false,
    drained: async () => void (duplex?.writableNeedDrain && (await once(duplex, "drain"))),
    request: (payload) => new Promise((resolve) => socket.emitTo(peer, "q", payload, resolve)),
    setWindow: () => {},
  };
};
