import { isMetadata, isName, isRecord, metadataBytes, type Metadata, type PairQuestion, type Shape } from "@peerloom/protocol";
import type { Core } from "../core.ts";
import type { Nodes } from "./nodes.ts";
import type { RemoteNode } from "./remote-node.ts";

/** How much longer than the asked client itself its node may take, in milliseconds. */
const graceMs = 2000;

/** What a node asks another. */
export interface PairBody {
  readonly tenant?: string | undefined;
  readonly to: string;
  readonly from: string;
  readonly metadata?: Metadata | undefined;
}

/** The form of what a node asks. */
export const pairShape: Shape<PairBody> = {
  tenant: { optional: isName },
  to: isName,
  from: isName,
  metadata: { optional: (value: unknown): value is Metadata => isMetadata(value) },
};

/** Has another node ask its client. */
export async function askAbroad(nodes: Nodes, core: Core, node: RemoteNode, to: string, { from, metadata }: PairQuestion): Promise<object> {
  const body: PairBody = {
    ...(core.tenant !== undefined && { tenant: core.tenant }),
    to,
    from,
    ...(metadata !== undefined && { metadata }),
  };
  const value = await nodes.questions.ask(node.id, "pair", body, core.settings.pairTimeoutMs + graceMs);
  const answer = isRecord(value) ? value["metadata"] : undefined;
  if (answer === undefined || !isMetadata(answer) || metadataBytes(answer) > core.settings.limits.metadataBytes) return {};
  return { metadata: answer };
}
