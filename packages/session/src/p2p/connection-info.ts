import { PeerloomError } from "@peerloom/core";
import { isName, isRecord } from "@peerloom/protocol";

/** What both ends of a stream know of it; each sees itself as the source. */
export interface ConnectionInfo {
  readonly sourceStreamId: string;
  readonly targetStreamId: string;
  readonly sourceClientId: string;
  readonly targetClientId: string;
}

/**
 * What the opener said of a stream, as the taker sees it. The opener's id is the proven one, whatever it said.
 *
 * @throws PeerloomError `BAD_REQUEST` when it said nothing that can be used.
 */
export function parseConnectionInfo(value: unknown, from: string, id: string): ConnectionInfo {
  if (!isRecord(value)) throw new PeerloomError("BAD_REQUEST", "a stream needs a connectionInfo object");
  const { sourceStreamId, targetStreamId } = value;
  if (!isName(sourceStreamId) || !isName(targetStreamId))
    throw new PeerloomError("BAD_REQUEST", "a stream needs a sourceStreamId and a targetStreamId");
  return { sourceStreamId: targetStreamId, targetStreamId: sourceStreamId, sourceClientId: id, targetClientId: from };
}
