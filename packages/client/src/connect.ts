import { Client } from "./client.ts";
import { checkOptions, type ConnectOptions } from "./options.ts";
import { parseRelayUrl } from "./relay-url.ts";
import { openSocket } from "./socket-io.ts";
import { isSocketLike, type AnySocket } from "./socket-like.ts";

/**
 * Connects to a relay and resolves once it has said welcome.
 *
 * `relay` is its URL (http, https, ws or wss; the path is the namespace, `/peerloom` when there is none), or a socket.io-client
 * `Socket`, which is then the client's: its `auth` is replaced, it is connected, and disconnected by `close`.
 *
 * @throws TypeError or RangeError for a bad URL or option; PeerloomError `RELAY_UNREACHABLE` when there is no answer within
 *   `connectTimeoutMs`, the relay's own code when it refuses (`CLIENT_ID_TAKEN`, `UNAUTHORIZED`, `PROTOCOL_MISMATCH`, …), `ABORTED`.
 */
export async function connect(relay: string | URL | AnySocket, options: ConnectOptions = {}): Promise<Client> {
  const settings = checkOptions(options);
  if (isSocketLike(relay)) return Client.open(relay, settings, "the relay");
  if (typeof relay !== "string" && !(relay instanceof URL)) {
    throw new TypeError(`connect takes a URL or a socket.io-client Socket, not ${relay === null ? "null" : typeof relay}`);
  }
  const url = parseRelayUrl(relay);
  const { transports = ["websocket"], path = "/socket.io" } = settings;
  return Client.open(openSocket(url, { transports, path, timeoutMs: settings.tryTimeoutMs }), settings, `the relay at ${url}`);
}
