import type { ControlRequests } from "@peerloom/protocol";
import type { Client } from "./client.ts";
import type { Core } from "./core.ts";

/** Peers of a client, by the path that packets to them take: as the client tells it. */
export type ToldPaths = ControlRequests["paths"];

/** Takes note of what a client tells. It is for a statistic only; nobody has more peers than there are clients. */
export function paths({ settings }: Core, client: Client, { direct, relayed }: ToldPaths): object {
  const most = settings.limits.clients;
  client.paths = { direct: Math.min(direct, most), relayed: Math.min(relayed, most) };
  return {};
}
