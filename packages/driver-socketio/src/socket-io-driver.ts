import { createDriver, type Driver } from "@peerloom/signaling";
import { checkSocket, type AnySocket } from "./any-socket.ts";
import { RelayMedium } from "./relay-medium.ts";

export interface SocketIoDriverOptions {
  /**
   * A socket.io-client socket in the namespace of a relay with the option `signaling`: one of yours, whose `auth` may have `token`,
   * `clientId` and `metadata`, or the one that a Peerloom client was made of. It stays open.
   */
  readonly socket: AnySocket;
  /** Milliseconds a caller waits for the relay. @defaultValue 10_000 */
  readonly timeoutMs?: number | undefined;
}

/**
 * A driver over a relay. Handlers get the sender's client id, which the relay has proved. Messages may be as large as the relay says
 * (128 KiB unless told otherwise there). While the socket is not connected the driver is not active; when it is back, so are the
 * subscriptions. Make it before the socket has connected: it adds the relay's handshake to the socket's `auth`.
 *
 * @throws TypeError when `socket` is none.
 */
export function socketIoDriver({ socket, timeoutMs }: SocketIoDriverOptions): Driver {
  const checked = checkSocket(socket);
  let medium: RelayMedium | undefined;
  const maxBytes = (): number => medium?.maxBytes ?? 0;
  return createDriver({ name: "socket.io", maxBytes, timeoutMs }, (events) => (medium = new RelayMedium(checked, events)));
}
