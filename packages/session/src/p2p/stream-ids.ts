import { checkName } from "@peerloom/protocol";
import type { ConnectionInfo } from "./connection-info.ts";

/** The ids of the streams that are open, by the client at their other end. */
export class StreamIds {
  readonly #byClient = new Map<string, Set<string>>();

  /** @throws TypeError when a stream with this client has the id already, or an id is none. */
  claim({ sourceStreamId, targetStreamId, targetClientId }: ConnectionInfo): void {
    checkName(sourceStreamId, "a sourceStreamId");
    checkName(targetStreamId, "a targetStreamId");
    const ids = this.#byClient.get(targetClientId) ?? new Set<string>();
    if (ids.has(sourceStreamId)) {
      throw new TypeError(`a stream with ${JSON.stringify(targetClientId)} has the id ${JSON.stringify(sourceStreamId)} already`);
    }
    this.#byClient.set(targetClientId, ids.add(sourceStreamId));
  }

  release({ sourceStreamId, targetClientId }: ConnectionInfo): void {
    const ids = this.#byClient.get(targetClientId);
    ids?.delete(sourceStreamId);
    if (ids?.size === 0) this.#byClient.delete(targetClientId);
  }
}
