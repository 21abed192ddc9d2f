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
  /** Connected, or trying to be, or going to try again by itself. */
  readonly active: boolean;
  auth: unknown;
  /** What waits for the next connection. */
  readonly sendBuffer?: unknown[];
  connect(): unknown;
  emit(event: string, ...args: unknown[]): unknown;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  off(event: string, listener: (...args: unknown[]) => void): unknown;
}

/** @throws TypeError when it is no socket.io-client `Socket`, as far as one can tell. */
export function checkSocket(value: unknown): SocketLike {
  const has = (name: string): boolean => typeof Reflect.get(value as object, name) === "function";
  if (typeof value === "object" && value !== null && ["connect", "emit", "on", "off"].every(has)) return value as SocketLike;
  throw new TypeError("socketIoDriver needs a socket.io-client Socket: { socket }");
}
