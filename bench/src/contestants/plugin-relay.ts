import type { Server as HttpServer } from "node:http";
import { createRequire } from "node:module";
import { listenIo } from "./listen.ts";
import type { Listen } from "./wire.ts";

interface OldServer {
  attach(http: HttpServer): unknown;
}

/** The plugin of seed 000 on the socket.io of its time. Neither has types. */
export const listen: Listen = () => {
  const require = createRequire(import.meta.url);
  const createIo = require("socket.io-2") as (options: object) => OldServer;
  const plugin = require("@gigasource/socket.io-p2p-plugin") as { p2pServerPlugin(io: OldServer): unknown };
  const io = createIo({ transports: ["websocket"], perMessageDeflate: false, httpCompression: false, serveClient: false });
  plugin.p2pServerPlugin(io);
  return listenIo(io);
};
