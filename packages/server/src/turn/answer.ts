import { mustAllow } from "../authorize.ts";
import type { Client } from "../client.ts";
import type { Core } from "../core.ts";
import { iceServersFor } from "./credentials.ts";

/** ICE servers with fresh credentials for this client; none where the relay has none. @throws PeerloomError `FORBIDDEN`. */
export async function iceServers(core: Core, client: Client): Promise<object> {
  const { turn } = core.settings;
  if (turn === undefined) return { iceServers: [], ttlSeconds: 0 };
  await mustAllow(core, { type: "ice-servers", from: client.id, claims: client.claims });
  return { iceServers: iceServersFor(client.id, turn, Date.now()), ttlSeconds: turn.ttlSeconds };
}
