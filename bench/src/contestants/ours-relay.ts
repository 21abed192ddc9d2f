import { createRelay } from "@peerloom/server";
import type { Listen } from "./wire.ts";

/**
 * All checks on. Only the rates are raised: they make a sender wait on purpose, which the others do not, and one sender here
 * sends more than a relay should take from one client.
 */
export const listen: Listen = async (port = 0) => {
  const relay = createRelay({ port, limits: { packetsPerSecond: 1e6, bytesPerSecond: 1e10, fanoutBytesPerSecond: 1e12 } });
  const { url } = await relay.listen();
  return url;
};
