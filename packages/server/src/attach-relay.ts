import type { Namespace } from "socket.io";
import { resolveOptions, type RelayOptions, type Settings } from "./options.ts";
import { Relay } from "./relay.ts";
import { serverOptions } from "./server-parser.ts";

/** The part of a socket.io `Server` that a relay needs, whatever types of events it was given. */
export interface SocketServer {
  of(namespace: string): object;
}

/**
 * Adds a relay to a socket.io `Server` of yours, in a namespace of its own. The server's other namespaces are left alone.
 *
 * @throws TypeError when an option is wrong, or the server recovers connection states; RangeError when a number is out of range, or
 * the server's `maxHttpBufferSize` is too small for `limits.packetBytes`.
 */
export function attachRelay(io: SocketServer, options: RelayOptions = {}): Relay {
  if (typeof (io as SocketServer | undefined)?.of !== "function") throw new TypeError("attachRelay needs a socket.io Server");
  const settings = resolveOptions(options);
  checkServer(io, settings);
  return new Relay(settings, io.of(settings.namespace) as Namespace, false);
}

/** socket.io's own default of `maxHttpBufferSize`. */
const defaultBufferBytes = 1e6;

function checkServer(io: SocketServer, { limits }: Settings): void {
  const { connectionStateRecovery, maxHttpBufferSize = defaultBufferBytes } = serverOptions(io);
  if (connectionStateRecovery) {
    throw new TypeError(
      "attachRelay needs a Server without connectionStateRecovery: it adds an argument to each event and keeps every packet; the relay resumes clients itself",
    );
  }
  const needed = neededBufferBytes(limits.packetBytes);
  if (maxHttpBufferSize >= needed) return;
  throw new RangeError(
    `the Server's maxHttpBufferSize must be at least ${needed} for packets of ${limits.packetBytes} bytes, not ${maxHttpBufferSize}`,
  );
}

/** A message of socket.io can be twice its packet: JSON escapes quotes. It must be as large at least, or the socket is closed instead of refused. */
export function neededBufferBytes(packetBytes: number): number {
  return packetBytes * 2;
}
