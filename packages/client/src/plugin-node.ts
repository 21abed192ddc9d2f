import { onDuplex, openDuplex, type toDuplex } from "./node.ts";
import { createPlugin, type P2pClientPlugin } from "./plugin/create-plugin.ts";

export type { P2pClient, P2pClientApi, P2pClientOptions } from "./plugin/create-plugin.ts";
export type { RawSocket } from "./plugin/raw-socket.ts";
export type { ConnectionInfo, P2pStream, P2pStreamOptions } from "@peerloom/session/p2p";

/** The same as in browsers, with streams that are Node's own `Duplex`. */
export const p2pClientPlugin: P2pClientPlugin<ReturnType<typeof toDuplex>> = /* @__PURE__ */ createPlugin({ onDuplex, openDuplex });
