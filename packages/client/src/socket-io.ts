import { SocketParser } from "@peerloom/protocol/socket-io";
import { io, NodeWebSocket, NodeXHR } from "socket.io-client";
import { HandshakeGuard, type EnginePacket } from "./engine-handshake.ts";
import { masking } from "./masking.ts";
import type { SocketLike } from "./socket-like.ts";

export interface OpenOptions {
  readonly transports: readonly ("websocket" | "polling")[];
  readonly path: string;
  /** How long one try may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** socket.io's own WebSocket, in Node and in browsers, safe from malformed handshakes. */
class GuardedWebSocket extends NodeWebSocket {
  readonly #guard = new HandshakeGuard();

  override createSocket(uri: string, protocols: string | string[] | undefined, options: Record<string, unknown>): WebSocket {
    return super.createSocket(uri, protocols, { ...options, ...masking(uri) }) as WebSocket;
  }

  protected override onPacket(packet: EnginePacket): void {
    const verdict = this.#guard.judge(packet);
    if (verdict === "pass") super.onPacket(packet as never);
    else if (verdict === "refuse") this.onError("malformed handshake", undefined);
  }
}

/** The same for polling. */
class GuardedPolling extends NodeXHR {
  readonly #guard = new HandshakeGuard();

  protected override onPacket(packet: EnginePacket): void {
    const verdict = this.#guard.judge(packet);
    if (verdict === "pass") super.onPacket(packet as never);
    else if (verdict === "refuse") this.onError("malformed handshake", undefined);
  }
}

const transportClasses = { websocket: GuardedWebSocket, polling: GuardedPolling } as const;

/** A socket of our own, not yet connected: with a connection it shares with nobody, and no policy of its own to reconnect. */
export function openSocket(url: string, { transports, path, timeoutMs }: OpenOptions): SocketLike {
  return io(url, {
    autoConnect: false,
    parser: new SocketParser(new URL(url).pathname),
    forceNew: true,
    reconnection: false,
    transports: transports.map((name) => transportClasses[name]),
    tryAllTransports: transports.length > 1,
    path,
    timeout: timeoutMs,
  });
}
