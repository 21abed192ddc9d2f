import type { Duplex } from "readable-stream";
import { onDuplex, openDuplex } from "./duplex.ts";
import { createPlugin, type P2pClientPlugin } from "./plugin/create-plugin.ts";

export type { P2pClient, P2pClientApi, P2pClientOptions } from "./plugin/create-plugin.ts";
export type { RawSocket } from "./plugin/raw-socket.ts";
export type { ConnectionInfo, P2pStream, P2pStreamOptions } from "@peerloom/session/p2p";

/**
 * Adds messages, rooms, streams and services to a socket of socket.io-client, for browsers: streams are those of `readable-stream`,
 * which you install beside this package. In Node the same entry point gives Node's own. `clientId` must be one that nobody else has.
 *
 * The socket stays what it is: the relay is spoken to in a namespace of its own, over the same connection. When the socket is
 * disconnected for good, so is the client.
 *
 * @throws TypeError or RangeError when an argument or an option is wrong.
 */
export const p2pClientPlugin: P2pClientPlugin<Duplex> = /* @__PURE__ */ createPlugin({ onDuplex, openDuplex });
