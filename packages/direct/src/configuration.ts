import type { DirectHost } from "@peerloom/core";
import type { DirectSettings } from "./options.ts";

/** Milliseconds that the relay may take to name its servers. */
const ICE_SERVERS_MS = 3000;

/** What the next link to `id` is made with. Rejects when the application's own servers cannot be had; those of the relay are left out then. */
export async function configurationFor(id: string, host: DirectHost, settings: DirectSettings): Promise<RTCConfiguration> {
  const iceServers = await (settings.iceServers?.() ?? ofRelay(id, host));
  return { iceServers: iceServers.map((server) => ({ ...server })), iceTransportPolicy: settings.iceTransportPolicy };
}

async function ofRelay(id: string, host: DirectHost): Promise<readonly RTCIceServer[]> {
  try {
    return await host.iceServers({ timeoutMs: ICE_SERVERS_MS });
  } catch (thrown) {
    // Near peers are found without.
    host.failed(id, thrown);
    return [];
  }
}
