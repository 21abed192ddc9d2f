import { PeerloomError } from "@peerloom/core";
import { metadataBytes, type ControlRequests, type Metadata, type PeerStatus } from "@peerloom/protocol";
import { mustAllow } from "./authorize.ts";
import type { Client } from "./client.ts";
import type { Core } from "./core.ts";
import { presenceOf } from "./presence.ts";

/** Clients in one answer to `list`. */
const maxListed = 100;

/** From now on the client is told about the presence of these ids. @throws PeerloomError `LIMIT` when it watches too many. */
export function watch(core: Core, client: Client, { ids }: ControlRequests["watch"]): object | Promise<object> {
  const watching = (client.watching ??= new Set<string>());
  const added = new Set(ids.filter((id) => !watching.has(id)));
  const { watchesPerClient } = core.settings.limits;
  if (watching.size + added.size > watchesPerClient) throw new PeerloomError("LIMIT", `a client may watch ${watchesPerClient} ids`);
  for (const id of added) {
    watching.add(id);
    core.watches.add(client, id);
  }
  const states = (): object => ({ states: ids.map((id) => statusOf(core, id)) });
  if (core.nodes === undefined || ids.every((id) => statusOf(core, id).state !== "absent")) return states();
  // Some may have been let in elsewhere just now.
  return core.nodes.settled().then(states);
}

export function unwatch(core: Core, client: Client, { ids }: ControlRequests["unwatch"]): object {
  for (const id of ids) if (client.watching?.delete(id)) core.watches.remove(client, id);
  return {};
}

export function lookup(core: Core, _client: Client, { id }: ControlRequests["lookup"]): object | Promise<object> {
  if (core.nodes === undefined || core.find(id) !== undefined) return describe(core, id);
  // It may have been let in elsewhere just now.
  return core.nodes.settled().then(() => describe(core, id));
}

function describe(core: Core, id: string): object {
  const metadata = core.find(id)?.metadata;
  return { ...statusOf(core, id), ...(metadata !== undefined && { metadata }) };
}

/** A page of all clients in the order of their ids. @throws PeerloomError `FORBIDDEN` unless the relay allows it. */
export async function list(core: Core, client: Client, { after = "", limit = maxListed }: ControlRequests["list"]): Promise<object> {
  if (!core.settings.allowList) throw new PeerloomError("FORBIDDEN", "this relay does not list its clients");
  await mustAllow(core, { type: "list", from: client.id, claims: client.claims });
  const size = Math.min(Math.max(limit, 1), maxListed);
  const page = smallestAfter(core, after, size + 1);
  const clients = page.slice(0, size).map(({ id, state, metadata }) => ({ id, state, ...(metadata !== undefined && { metadata }) }));
  const next = page.length > size ? page[size - 1]?.id : undefined;
  return { clients, ...(next !== undefined && { next }) };
}

/** Replaces the client's metadata. @throws PeerloomError `TOO_LARGE`. */
export function setMetadata(core: Core, client: Client, { metadata }: ControlRequests["metadata"]): object {
  checkMetadataSize(core, metadata);
  client.metadata = metadata;
  core.tellNodes({ type: "state", id: client.id, state: client.state, metadata });
  core.tellPresence(client);
  return {};
}

/** @throws PeerloomError `TOO_LARGE` when metadata is larger than the relay allows. */
export function checkMetadataSize(core: Core, metadata: Metadata | undefined): void {
  const max = core.settings.limits.metadataBytes;
  if (metadataBytes(metadata) > max) throw new PeerloomError("TOO_LARGE", `metadata may have ${max} bytes`);
}

function statusOf(core: Core, id: string): PeerStatus {
  if (id === core.settings.relayId) return { id, state: "here", instance: core.local.instance };
  const client = core.find(id);
  if (client === undefined) return { id, state: "absent" };
  const { state, instance } = presenceOf(client);
  return { id, state: state === "here" ? "here" : "away", instance };
}

/** The `size` clients with the smallest ids greater than `after`, in one pass. */
function smallestAfter({ registry, replicas }: Core, after: string, size: number): Client[] {
  const page: Client[] = [];
  for (const client of [...registry.values(), ...replicas.values()]) {
    const last = page.at(-1);
    if (client.id <= after || (page.length === size && last !== undefined && client.id > last.id)) continue;
    const index = page.findIndex(({ id }) => id > client.id);
    page.splice(index === -1 ? page.length : index, 0, client);
    if (page.length > size) page.pop();
  }
  return page;
}
