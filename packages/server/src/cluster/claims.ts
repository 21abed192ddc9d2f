import { PeerloomError } from "@peerloom/core";
import type { Client } from "../client.ts";
import type { Core } from "../core.ts";
import type { Claim } from "../registry.ts";
import { describeClient } from "./describe.ts";
import type { Nodes } from "./nodes.ts";

/**
 * Gives an id to the claimant, or not: decided for all nodes at once, and first by what this one knows.
 *
 * @throws PeerloomError what `Registry.claim` throws, and `BUSY` while the node has no place in its cluster: then only a client that it
 * holds already, and that proves it, may go on.
 */
export async function claimForAll(nodes: Nodes, core: Core, claim: Claim): Promise<Client> {
  const { registry } = core;
  registry.check(claim);
  if (nodes.state !== "up") {
    const holder = registry.get(claim.id);
    if (claim.hasResume && holder?.instance === claim.instance) return registry.claim(claim);
    throw new PeerloomError("BUSY", "this relay has lost touch with its cluster, and lets only those in whom it knows: try again");
  }
  const { id, instance, hasResume, socket } = claim;
  const { tenant, settings } = core;
  const verdict = await nodes.cluster.claim({ tenant, id, instance, hasResume, policy: settings.duplicateId });
  if (!verdict.isGranted) throw new PeerloomError("CLIENT_ID_TAKEN", `another client is connected as ${JSON.stringify(id)}`);
  try {
    nodes.common.checkOpen();
    if (socket.conn.readyState !== "open") throw new PeerloomError("ABORTED", "the connection was closed while its id was claimed");
    const isTaken = verdict.wasElsewhere || core.replicas.get(id) !== undefined;
    const client = registry.claim(claim);
    client.fence = verdict.fence;
    // Whoever holds it elsewhere lets go now, and not only when the socket is through. It may be that nobody does any more, and that others only remember.
    if (isTaken) nodes.tell({ type: "client", client: describeClient(core, client) });
    return client;
  } catch (thrown) {
    giveBack(nodes, core, claim);
    throw thrown;
  }
}

/** The id belongs to whom it belonged to before, if that one is here, else to nobody. */
function giveBack(nodes: Nodes, core: Core, { id, instance }: Claim): void {
  const holder = core.registry.get(id);
  if (holder !== undefined && holder.instance !== instance)
    nodes.cluster.note({ tenant: core.tenant, id, instance: holder.instance, state: holder.state });
  else if (holder === undefined) nodes.cluster.note({ tenant: core.tenant, id, instance, state: "gone" });
}
