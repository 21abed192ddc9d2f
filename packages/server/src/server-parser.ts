import { SocketParser } from "@peerloom/protocol/socket-io";
import type { Namespace } from "socket.io";

/** Does the server of this namespace read and write packets in the lean form? */
export function knowsLean({ name, server }: Namespace): boolean {
  const { parser } = serverOptions(server);
  return parser instanceof SocketParser && parser.namespace === name;
}

/** What is read of a socket.io `Server`'s options. */
export interface ServerOptions {
  readonly connectionStateRecovery?: unknown;
  readonly maxHttpBufferSize?: number;
  readonly parser?: unknown;
}

/** The options a socket.io `Server` was made with. */
export function serverOptions(io: object): ServerOptions {
  const options: unknown = Reflect.get(io, "_opts") ?? Reflect.get(io, "opts");
  return typeof options === "object" && options !== null ? options : {};
}
