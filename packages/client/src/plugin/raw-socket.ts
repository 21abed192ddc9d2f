import { callAll, MULTI_API_TARGET_DISCONNECT, SERVER_ERROR, type Callback } from "@peerloom/session/p2p";
import { isSocketLike, type AnySocket, type SocketLike } from "../socket-like.ts";

/** What the plugin needs of a socket.io-client `Socket` of version 4, from whichever copy of the package. */
export interface RawSocket extends AnySocket {
  /** Whether it is connected, or will reconnect by itself. */
  readonly active: boolean;
  listeners(event: never): unknown;
}

/** What is used of such a socket. */
export interface RawSocketLike {
  readonly connected: boolean;
  readonly active: boolean;
  on(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
  listeners(event: string): Callback[];
}

/** Events that socket.io or this plugin tells: nobody else can. */
const ownEvents: ReadonlySet<string> = new Set([
  "connect",
  "connect_error",
  "disconnect",
  "disconnecting",
  "newListener",
  "removeListener",
  MULTI_API_TARGET_DISCONNECT,
  SERVER_ERROR,
]);

/** @throws TypeError when it is no socket of socket.io-client. */
export function checkRawSocket(socket: unknown): RawSocketLike {
  if (isSocketLike(socket) && typeof Reflect.get(socket, "listeners") === "function") return socket as unknown as RawSocketLike;
  throw new TypeError("p2pClientPlugin needs a Socket of socket.io-client");
}

/** A socket of another namespace over the same connection. It sends nothing before it is given a handshake. */
export function siblingSocket({ io }: AnySocket, namespace: string): SocketLike {
  const socket: unknown = Reflect.apply(Reflect.get(io, "socket") as () => unknown, io, [namespace, { auth: () => {} }]);
  if (!isSocketLike(socket)) throw new TypeError("p2pClientPlugin needs a Socket whose `io` is a Manager of socket.io-client");
  if ((socket as unknown as RawSocketLike).listeners("p").length > 0) throw new TypeError("there is a client on this connection already");
  return socket;
}

/** Calls the socket's own listeners of an event, as if the server had sent it. Rejects with what one of them throws. @returns undefined when there is none. */
export function tellListeners(socket: RawSocketLike, event: string, args: readonly unknown[]): Promise<unknown> | undefined {
  const listeners = socket.listeners(event).map((listener) => listener.bind(socket));
  return listeners.length === 0 ? undefined : (callAll(listeners, args) ?? Promise.resolve());
}

/** The same for an event that another client names. */
export function tellForeign(socket: RawSocketLike, event: string, args: readonly unknown[]): Promise<unknown> | undefined {
  return ownEvents.has(event) ? undefined : tellListeners(socket, event, args);
}
