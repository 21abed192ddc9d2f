import { onDuplex, openDuplex, type toDuplex } from "@peerloom/session/node";
import { createStreams, Messages, overlay, type MessageApi, type StreamApi } from "@peerloom/session/p2p";
import type { Server } from "socket.io";
import { attachRelay, type SocketServer } from "./attach-relay.ts";
import type { RelayOptions } from "./options.ts";
import { createCore, type CoreApi } from "./plugin/core.ts";
import { pluginRelayOptions } from "./plugin/relay-options.ts";
import { createServiceApi, type ServiceApi } from "./plugin/service.ts";

export type { ConnectionInfo, P2pStream, P2pStreamOptions, ServiceSide } from "@peerloom/session/p2p";

/** How the plugin is made: the options of a relay, and whether the server is a service. */
export interface P2pServerOptions extends RelayOptions {
  /** Whether this server offers services. @defaultValue false */
  readonly isService?: boolean;
}

/** What the plugin adds to a server: the Core, Message, Stream and Service APIs. The server is itself a client, of the relay's id. */
export interface P2pServerApi extends CoreApi, MessageApi, StreamApi<ReturnType<typeof toDuplex>>, ServiceApi {
  /** Closes the relay, and then the server. */
  close(callback?: (error?: Error) => void): Promise<void>;
}

/** A server with the plugin's functions; where names are the same, the plugin's come first. */
export type P2pServer<S> = Omit<S, keyof P2pServerApi> & P2pServerApi;

/**
 * Adds a relay to a socket.io `Server`, and the functions for it. The relay works in a namespace of its own; what the server does in
 * others goes on as before. Outsiders may emit to rooms, and a client may only be the service of its own id, unless options tell otherwise.
 *
 * @throws TypeError or RangeError when the server, or an option, is wrong.
 */
export function p2pServerPlugin<S extends SocketServer>(io: S, options: P2pServerOptions = {}): P2pServer<S> {
  const { isService = false, ...rest } = options;
  const relay = attachRelay(io, pluginRelayOptions(rest));
  const server = io as unknown as Server;
  const report = (error: unknown): void => console.error(error);
  relay.on("undeliverable", ({ error }) => {
    if (error.code !== "CLOSED") report(error);
  });

  const { api: core, stop } = createCore(server, relay);
  const messages = new Messages(relay, report).api;
  const streams = createStreams({ onDuplex, openDuplex }, { port: relay, id: () => relay.id, partner: () => {}, report });
  const services = createServiceApi({ relay, isService, emitTo: messages.emitTo, report });
  const close = async (callback?: (error?: Error) => void): Promise<void> => {
    stop();
    await relay.close();
    await server.close(callback);
  };
  const face = { close };
  for (const part of [core, messages, streams, services]) Object.defineProperties(face, Object.getOwnPropertyDescriptors(part));
  return overlay(io, face as P2pServerApi);
}
