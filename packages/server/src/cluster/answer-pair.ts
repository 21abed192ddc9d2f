import { PeerloomError } from "@peerloom/core";
import { parseShape } from "@peerloom/protocol";
import { askHere } from "../pair.ts";
import type { Nodes } from "./nodes.ts";
import { pairShape } from "./pair-abroad.ts";

/** Asks a client of this node for another node. */
export function answerPair(nodes: Nodes, body: unknown): Promise<object> {
  const asked = parseShape(body, pairShape);
  const core = asked && nodes.spaces.find(asked.tenant);
  if (asked === undefined) throw new PeerloomError("BAD_REQUEST", "this is no pairing question");
  if (core === undefined) throw new PeerloomError("PEER_NOT_FOUND", `no client "${asked.to}" is connected`);
  const { to, from, metadata } = asked;
  return askHere(core, to, { type: "pair", from, ...(metadata !== undefined && { metadata }) });
}
