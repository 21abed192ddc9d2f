import { deadline, deferred, PeerloomError, toWireError, type MessageContext } from "@peerloom/core";
import { checkName, DEFAULT_NAMESPACE } from "@peerloom/protocol";
import {
  createStreams,
  isRequest,
  JOIN_ROOM,
  LEAVE_ROOM,
  Messages,
  MULTI_API_TARGET_DISCONNECT,
  overlay,
  P2P_EMIT,
  quietly,
  SERVER_ERROR,
  type Duplexes,
  type MessageApi,
  type Streamable,
  type StreamApi,
} from "@peerloom/session/p2p";
import { Client } from "../client.ts";
import { checkOptions, type ClientSettings, type ConnectOptions } from "../options.ts";
import { createRooms, type CoreApi, type RoomApi } from "./core.ts";
import { checkRawSocket, siblingSocket, tellListeners, type RawSocket, type RawSocketLike } from "./raw-socket.ts";
import { createServiceApi, type ServiceApi } from "./service.ts";
import { Targets, type TargetApi } from "./targets.ts";

/** How a client is made. `connectTimeoutMs` is for ever unless told otherwise, as socket.io has it. */
export interface P2pClientOptions extends Omit<ConnectOptions, "clientId" | "transports" | "path"> {
  /** Whether this client is a service, of its own id. @defaultValue false */
  readonly isService?: boolean;
  /** The namespace of the relay. @defaultValue "/peerloom" */
  readonly namespace?: string;
}

/** What the plugin adds to a socket: the Core, Message, Stream and Service APIs. */
export interface P2pClientApi<D> extends CoreApi, MessageApi, TargetApi, StreamApi<D>, ServiceApi {}

/** A socket with the plugin's functions; where names are the same, the plugin's come first. */
export type P2pClient<S, D> = Omit<S, keyof P2pClientApi<D>> & P2pClientApi<D>;

/** The plugin for one class of Duplexes. */
export type P2pClientPlugin<D> = <S extends RawSocket>(socket: S, clientId: string, options?: P2pClientOptions) => P2pClient<S, D>;

/** Makes the plugin. */
export function createPlugin<D extends Streamable>(duplexes: Duplexes<D>): P2pClientPlugin<D> {
  return (socket, clientId, options = {}) => {
    const raw = checkRawSocket(socket);
    const { isService = false, namespace = DEFAULT_NAMESPACE, ...rest } = options;
    const settings = checkOptions({ connectTimeoutMs: Infinity, ...rest, clientId: checkName(clientId, "clientId") });
    const { client, start } = Client.prepare(siblingSocket(socket, namespace), settings);
    const report = reporter(raw, client);
    const ready = quietly(begin(), report);
    tellEnds(raw, client, report);

    const messages = new Messages(client, report);
    const rooms = createRooms(client, raw, report);
    hearServer(client, messages, rooms, report);
    const gone = (id: string): void => void tellListeners(raw, MULTI_API_TARGET_DISCONNECT, [id])?.catch(report);
    const targets = new Targets({ client, report, gone });
    client.on("closed", () => targets.clear());
    const host = { port: client, id: () => client.id || clientId, partner: (id: string) => targets.add(id), report };
    const core = {
      peerloom: client,
      ready,
      get clientId() {
        return client.id || clientId;
      },
    };
    const parts = [
      rooms,
      messages.api,
      targets.api,
      createStreams(duplexes, host),
      createServiceApi({ client, clientId, isService, messages: messages.api, report }),
    ];
    for (const part of parts) Object.defineProperties(core, Object.getOwnPropertyDescriptors(part));
    return overlay(socket, core as typeof core & P2pClientApi<D>);

    async function begin(): Promise<void> {
      // Not before all below is in place.
      await Promise.resolve();
      await whenConnected(raw, client, settings);
      await start("the relay");
    }
  };
}

/** Errors go to the listeners of `SERVER_ERROR`, or to the console when there is none. That a closed client is closed is no news. */
function reporter(raw: RawSocketLike, client: Client): (error: unknown) => void {
  return (error) => {
    if (PeerloomError.is(error, "CLOSED") && client.state === "closed") return;
    const told = tellListeners(raw, SERVER_ERROR, [error]);
    if (told === undefined) console.error(error);
    else told.catch((thrown: unknown) => console.error(thrown));
  };
}

/**
 * The relay finds the program's own socket on a connection when a client comes in over it: so that one is first.
 *
 * @throws PeerloomError `RELAY_UNREACHABLE` after `connectTimeoutMs`, `ABORTED`, `CLOSED`; the client is closed then.
 */
function whenConnected(raw: RawSocketLike, client: Client, { connectTimeoutMs, signal }: ClientSettings): Promise<void> {
  const closed = new PeerloomError("CLOSED", "this client was closed before its socket connected");
  if (client.state === "closed") return Promise.reject(closed);
  if (raw.connected) return Promise.resolve();
  const { promise, resolve, reject } = deferred<void>();
  const onConnect = (): void => resolve();
  raw.on("connect", onConnect);
  client.on("closed", () => reject(closed));
  const stop = deadline({ timeoutMs: connectTimeoutMs, ...(signal && { signal }) }, "connecting", (error) => {
    const isLate = error.code === "TIMEOUT";
    reject(isLate ? new PeerloomError("RELAY_UNREACHABLE", `the socket did not connect within ${connectTimeoutMs} ms`) : error);
    void client.close();
  });
  return promise.finally(() => {
    stop();
    raw.off("connect", onConnect);
  });
}

/** What fails without anybody waiting is told, and a socket that will not reconnect ends its client. */
function tellEnds(raw: RawSocketLike, client: Client, report: (error: unknown) => void): void {
  const onDisconnect = (): void => {
    if (!raw.active) void client.close();
  };
  raw.on("disconnect", onDisconnect);
  client.on("undeliverable", ({ error }) => report(error));
  client.on("closed", ({ error }) => {
    raw.off("disconnect", onDisconnect);
    // Why a client never came in is told where that is waited for.
    if (error !== undefined && client.id !== "") report(error);
  });
}

/** What the relay says in the name of its services, the errors it sends, and the rooms it wants this client in. */
function hearServer(client: Client, messages: Messages, rooms: RoomApi, report: (error: unknown) => void): void {
  const onServer = (event: string, hear: (args: readonly unknown[], isRequest: boolean) => unknown): void => {
    client.onAny(event, (...args: unknown[]) => {
      const context = args.pop() as MessageContext;
      if (context.from === client.relayId) return hear(args, isRequest(context));
      if (isRequest(context)) throw new PeerloomError("FORBIDDEN", `only the relay may send ${event}`);
      return undefined;
    });
  };
  onServer(P2P_EMIT, ([service, event, ...args], wantsAnswer) => {
    if (typeof service === "string" && typeof event === "string") return messages.deliver(service, event, args, wantsAnswer);
    if (wantsAnswer) throw new PeerloomError("BAD_REQUEST", "this is no event of a service");
    return undefined;
  });
  onServer(SERVER_ERROR, ([error]) => {
    const { code, message } = toWireError(error);
    report(new PeerloomError(code, message, { remote: true }));
  });
  onServer(JOIN_ROOM, ([room]) => rooms.joinRoom(room as string));
  onServer(LEAVE_ROOM, ([room]) => rooms.leaveRoom(room as string));
}
