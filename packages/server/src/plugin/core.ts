import { toWireError } from "@peerloom/core";
import { checkRoomName } from "@peerloom/protocol";
import { JOIN_ROOM, LEAVE_ROOM, quietly, SERVER_ERROR } from "@peerloom/session/p2p";
import type { Server, Socket } from "socket.io";
import type { RelayEvents } from "../events.ts";
import type { Relay } from "../relay.ts";
import { ClientMap } from "./client-map.ts";

/** The Core API of a server. */
export interface CoreApi {
  /** The relay behind it all, for what this face does not have. */
  readonly peerloom: Relay;
  /** Who is connected: the id of each client's socket, by client id. A copy. */
  readonly clientMap: Readonly<Record<string, string>>;
  /** Adds to the clientMap. Called for each client that connects; call it for sockets that the plugin does not know. @throws TypeError when an id is missing. */
  addClient(clientId: string, socketId: string): void;
  /** Removes from the clientMap. Called for each client that disconnects. */
  removeClient(clientId: string): void;
  getAllClientId(): readonly string[];
  getClientIdBySocketId(socketId: string): string | undefined;
  getSocketIdByClientId(clientId: string): string | undefined;
  /**
   * A client's socket, with all functions of socket.io: the one of the main namespace, on which the client's program hears what is
   * emitted, or the relay's own of a client that has none there. Undefined while it is not connected.
   */
  getSocketByClientId(clientId: string): Socket | undefined;
  /** Logs an error with `console.error`, and tells its code and message to the client: it hears `SERVER_ERROR`. */
  emitError(clientId: string, error: unknown): void;
  /**
   * Has a client enter a room, as its own `joinRoom` does. @throws PeerloomError `PEER_NOT_FOUND`, `NO_HANDLER` when it is without the plugin,
   * what `joinRoom` rejects with.
   */
  joinRoom(clientId: string, roomName: string): Promise<void>;
  /** Has a client leave a room. */
  leaveRoom(clientId: string, roomName: string): Promise<void>;
  /** Sends an event to all members of a room, from the relay's id. @throws TypeError when an argument cannot be carried; PeerloomError `TOO_LARGE`. */
  emitRoom(roomName: string, event: string, ...args: unknown[]): void;
}

/** The two ends of one connection that the server knows: the program's socket, and the relay's client. */
interface Ends {
  socket?: Socket | undefined;
  clientId?: string;
}

/** Makes the Core API, and what fills the clientMap. */
export function createCore(io: Server, relay: Relay): { readonly api: CoreApi; readonly stop: () => void } {
  const map = new ClientMap();
  const stop = createListeners(io, relay, map);
  const socketOf = (clientId: string): Socket | undefined => {
    const socketId = map.socketIdOf(clientId);
    if (socketId === undefined) return undefined;
    const socket = io.sockets.sockets.get(socketId) ?? relay.socketOf(clientId);
    return socket?.id === socketId ? socket : undefined;
  };
  const ask = (clientId: string, event: string, room: string): Promise<void> => {
    const asked = async (): Promise<void> => void (await relay.remote(clientId).emitWithAck(event, checkRoomName(room)));
    return quietly(asked());
  };
  const api: CoreApi = {
    peerloom: relay,
    get clientMap() {
      return map.clientMap;
    },
    addClient: (clientId, socketId) => map.addClient(clientId, socketId),
    removeClient: (clientId) => map.removeClient(clientId),
    getAllClientId: () => map.clientIds,
    getClientIdBySocketId: (socketId) => map.clientIdOf(socketId),
    getSocketIdByClientId: (clientId) => map.socketIdOf(clientId),
    getSocketByClientId: socketOf,
    emitError: (clientId, error) => {
      console.error(error);
      relay.remote(clientId).emit(SERVER_ERROR, toWireError(error));
    },
    joinRoom: (clientId, room) => ask(clientId, JOIN_ROOM, room),
    leaveRoom: (clientId, room) => ask(clientId, LEAVE_ROOM, room),
    emitRoom: (room, event, ...args) => relay.emitRoom(room, event, ...args),
  };
  return { api, stop };
}

/** Listens to who comes and goes. @returns stops that, and empties the map. */
function createListeners(io: Server, relay: Relay, map: ClientMap): () => void {
  const byConnection = new WeakMap<object, Ends>();
  const endsOf = ({ conn }: Socket): Ends => {
    const known = byConnection.get(conn) ?? {};
    byConnection.set(conn, known);
    return known;
  };
  const connected = (socket: Socket): void => {
    const ends = endsOf(socket);
    ends.socket = socket;
    if (ends.clientId !== undefined) map.addClient(ends.clientId, socket.id);
    socket.once("disconnect", () => (ends.socket = undefined));
  };
  // This face has one map of ids: that of clients without a tenant.
  const entered = ({ clientId, tenant }: RelayEvents["connection"]): void => {
    if (tenant !== undefined) return;
    const own = relay.socketOf(clientId);
    if (own === undefined) return;
    const ends = endsOf(own);
    ends.clientId = clientId;
    map.addClient(clientId, (ends.socket ?? own).id);
  };
  const left = ({ clientId, tenant }: RelayEvents["away"]): void => {
    if (tenant === undefined) map.removeClient(clientId);
  };

  for (const socket of io.sockets.sockets.values()) connected(socket);
  io.on("connection", connected);
  const off = [relay.on("connection", entered), relay.on("away", left), relay.on("gone", left)];
  return () => {
    io.off("connection", connected);
    for (const unsubscribe of off) unsubscribe();
    map.clear();
  };
}
