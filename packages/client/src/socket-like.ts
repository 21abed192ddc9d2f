import { decoderOf, LEAN_EVENT, type PacketDecoder } from "@peerloom/protocol/socket-io";

/** A socket.io-client `Socket` of version 4, from whichever copy of the package, whatever events it is typed for. */
export interface AnySocket {
  readonly connected: boolean;
  readonly io: object;
  connect(): unknown;
  disconnect(): unknown;
  emit(event: never, ...args: never[]): unknown;
  on(event: never, listener: never): unknown;
  off(event: never, listener: never): unknown;
}

/** What is used of such a socket. */
export interface SocketLike {
  readonly connected: boolean;
  /** Replaced by the client: carries the handshake. */
  auth: unknown;
  /** Packets that wait for the next connection. */
  sendBuffer: unknown[];
  readonly io: { readonly engine?: unknown };
  connect(): unknown;
  disconnect(): unknown;
  emit(event: string, ...args: unknown[]): unknown;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  off(event: string, listener: (...args: unknown[]) => void): unknown;
}

/** Is this a socket.io-client `Socket`, as far as one can tell? */
export function isSocketLike(value: unknown): value is SocketLike {
  if (typeof value !== "object" || value === null) return false;
  const has = (name: string): boolean => typeof Reflect.get(value, name) === "function";
  return has("connect") && has("disconnect") && has("emit") && has("on") && has("off") && Array.isArray(Reflect.get(value, "sendBuffer"));
}

/** What decodes the lean form of packets for this socket; undefined when its manager does not know it. */
export function packetDecoderOf(socket: SocketLike): PacketDecoder | undefined {
  return decoderOf(socket.io, property(socket, "nsp"));
}

/** The WebSocket below an engine.io socket; undefined while it polls. */
export function webSocketOf(engine: unknown): WebSocket | undefined {
  const ws = property(property(engine, "transport"), "ws");
  return typeof property(ws, "addEventListener") === "function" ? (ws as WebSocket) : undefined;
}

/** Resolves when an engine that is closing has closed its WebSocket; after `timeoutMs` it is ended where the platform can. */
export function socketClosed(engine: unknown, timeoutMs: number): Promise<void> {
  const ws = webSocketOf(engine);
  const state = property(engine, "readyState");
  if (ws === undefined || ws.readyState === 3 || (state !== "closing" && state !== "closed")) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      const terminate = property(ws, "terminate");
      if (typeof terminate === "function") Reflect.apply(terminate, ws, []);
      resolve();
    }, timeoutMs);
    const onClose = (): void => {
      clearTimeout(timer);
      resolve();
    };
    ws.addEventListener("close", onClose, { once: true });
  });
}

/** Events that the client itself emits: the only ones it removes from a socket's send buffer. */
const OWN_EVENTS: ReadonlySet<unknown> = new Set(["control", "p", LEAN_EVENT, "r"]);

/** Removes our own packets from the buffer that socket.io would send before it tells that it is connected. */
export function dropBuffered(socket: SocketLike): void {
  socket.sendBuffer = socket.sendBuffer.filter((packet) => !isOwn(packet));
}

function isOwn(packet: unknown): boolean {
  const data = property(packet, "data");
  return Array.isArray(data) && OWN_EVENTS.has(data[0]);
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
