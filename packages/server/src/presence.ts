import type { Notices } from "@peerloom/protocol";
import type { Client } from "./client.ts";

/** What watchers are told of a client now. */
export function presenceOf({ id, state, instance, metadata }: Client): Notices["presence"] {
  return { id, state, instance, ...(metadata !== undefined && { metadata }) };
}
