import { PeerloomError } from "@peerloom/core";
import type { SendProgress } from "./channels/index.ts";
import type { Pair } from "./pair/pair.ts";

export interface SendOptions {
  /** Ids of those who get it. @defaultValue everyone who has the channel */
  readonly to?: string | readonly string[];
  /** Gives up: what has not gone out is not sent. */
  readonly signal?: AbortSignal;
  /** How far it is on its way to one of them. */
  readonly onProgress?: (progress: SendProgress & { readonly id: string }) => void;
}

/** Who has it, and whom it did not reach. */
export interface SendResult {
  readonly delivered: readonly string[];
  readonly failed: readonly { readonly id: string; readonly error: unknown }[];
}

/** Sends to several peers at once; one that fails stops none of the others. */
export async function sendToAll(
  pairs: readonly Pair[],
  label: string,
  data: unknown,
  { to, signal, onProgress }: SendOptions,
): Promise<SendResult> {
  const ids = to === undefined ? pairs.filter((pair) => pair.channels.get(label)).map(({ who }) => who.id) : new Set([to].flat());
  const delivered: string[] = [];
  const failed: { id: string; error: unknown }[] = [];
  const sending = [...ids].map(async (id) => {
    try {
      const pair = pairs.find(({ who }) => who.id === id);
      if (pair === undefined) throw new PeerloomError("PEER_NOT_FOUND", `"${id}" is not connected`);
      const channel = pair.channels.get(label);
      if (channel === undefined) throw new PeerloomError("CLOSED", `there is no channel "${label}" to "${id}"`);
      await channel.send(data, {
        ...(signal === undefined ? {} : { signal }),
        ...(onProgress === undefined ? {} : { onProgress: (progress) => onProgress({ ...progress, id }) }),
      });
      delivered.push(id);
    } catch (error) {
      failed.push({ id, error });
    }
  });
  await Promise.all(sending);
  if (delivered.length === 0 && failed[0] !== undefined) throw failed[0].error;
  return { delivered, failed };
}
