import { Server } from "socket.io";
import { listenIo } from "./listen.ts";
import type { Listen } from "./wire.ts";

/** socket.io that only accepts: what a connection costs before anybody does anything with it. */
export const listen: Listen = () =>
  listenIo(new Server({ transports: ["websocket"], perMessageDeflate: false, httpCompression: false, serveClient: false }));
