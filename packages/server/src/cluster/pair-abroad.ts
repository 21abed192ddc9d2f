import { PeerloomError } from "@peerloom/core";
import { isMetadata, isName, isRecord, metadataBytes, parseShape, type Metadata, type PairQuestion, type Shape } from "@peerloom/protocol";
import type { Core } from "../core.ts";
import { askHere } from "../pair.ts";
import type { Nodes } from "./nodes.ts";
import type { RemoteNode } from "./remote-node.ts";

/** How much longer than the asked client itself its node may take, in milliseconds. */
const graceMs = 2000;

interface PairBody {
  readonly tenant?: string | undefined;
  readonly to: string;
  readonly from: string;
  readonly metadata?: Metadata | undefined;
}

const shape: Shape<PairBody> = {
  tenant: { optional: isName },
  to: isName,
  from: isName,
  metadata: { optional: (value: unknown): value is Metadata => isMetadata(value) },
};

/** Has another node ask its client. */
export async function askAbroad(nodes: Nodes, core: Core, node: RemoteNode, to: string, { from, metadata }: PairQuestion): Promise<object> {
  const body: PairBody = { ...(core.tenant !== undefined && { tenant: core.tenant }), to, from, ...(metadata !== undefined && { metadata }) };
  const value = await nodes.questions.ask(node.id, "pair", body, core.settings.pairTimeoutMs + graceMs);
  const answer = isRecord(value) ? value["metadata"] : undefined;
  if (answer === undefined || !isMetadata(answer) || metadataBytes(answer) > core.settings.limits.metadataBytes) return {};
  return { metadata: answer };
}

/** Asks a client of this node for another node. */
export function answerPair(nodes: Nodes, body: unknown): Promise<object> {
  const asked = parseShape(body, shape);
  const core = asked && nodes.spaces.find(asked.tenant);
  if (asked === undefined) throw new PeerloomError("BAD_REQUEST", "this is no pairing question");
  if (core === undefined) throw new PeerloomError("PEER_NOT_FOUND", `no client "${asked.to}" is connected`);
  const { to, from, metadata } = asked;
  return askHere(core, to, { type: "pair", from, ...(metadata !== undefined && { metadata }) });
}
