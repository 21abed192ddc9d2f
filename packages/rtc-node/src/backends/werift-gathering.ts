import type { RTCIceTransport } from "werift";
import type { IceServerAddress } from "./ice-server.ts";

/** How long a description waits for servers that do not answer, when there are candidates without them. */
const patienceMs = 1000;

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

/** Lets werift begin to connect while servers are still asked; what they say later is told as a candidate. It would wait a quarter of a minute. */
export function boundGathering(transports: readonly RTCIceTransport[]): void {
  for (const transport of transports) {
    if (Object.hasOwn(transport, "gather")) continue;
    const gather = transport.gather.bind(transport);
    transport.gather = async () => {
      let timer: NodeJS.Timeout | undefined;
      const enough = new Promise<void>((resolve) => {
        const look = (): void => {
          if (transport.localCandidates.length > 0) resolve();
          else timer = setTimeout(look, patienceMs / 10);
        };
        timer = setTimeout(look, patienceMs);
      });
      await Promise.race([gather(), enough]).finally(() => clearTimeout(timer));
    };
  }
}
