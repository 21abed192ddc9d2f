import { io } from "socket.io-client";
import type { SocketLike } from "./socket-like.ts";

export interface OpenOptions {
  readonly transports: readonly ("websocket" | "polling")[];
  readonly path: string;
  /** How long one try may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** A socket of our own, not yet connected: with a connection it shares with nobody, and no policy of its own to reconnect. */
export function openSocket(url: string, { transports, path, timeoutMs }: OpenOptions): SocketLike {
  return io(url, {
    autoConnect: false,
    forceNew: true,
    reconnection: false,
    transports: [...transports],
    tryAllTransports: transports.length > 1,
    path,
    timeout: timeoutMs,
  });
}
