import type { RTCIceTransport } from "werift";
import type { IceServerAddress } from "./ice-server.ts";

/**
 * Before candidates are gathered: without a STUN server of the user's, werift asks one of a company of its choice. A TURN server answers
 * such questions too, and without any server there is nobody to ask.
 */
export function chooseStunServer(transports: readonly RTCIceTransport[], addresses: readonly IceServerAddress[]): void {
  const stun =
    addresses.find(({ scheme }) => scheme === "stun") ??
    addresses.find(({ scheme, transport }) => scheme === "turn" && transport === "udp");
  for (const { connection } of transports) Reflect.set(connection, "stunServer", stun ? [stun.host, stun.port] : undefined);
}
