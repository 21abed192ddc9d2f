import type { HeldChannel } from "./held-channel.ts";

const maxEarly = 16;

/** Data channels that came before it was said what they are, by the id in their protocol. Bounded; one that goes is closed. */
export class EarlyChannels {
  readonly #byId = new Map<string, HeldChannel>();

  /** In the place of an earlier one of its id. Returns false, and closes it, when there are too many. */
  keep(id: string, channel: HeldChannel): boolean {
    if (this.#byId.size >= maxEarly) {
      channel.close();
      return false;
    }
    this.drop(id);
    this.#byId.set(id, channel);
    return true;
  }

  /** Takes the first one out that `isWanted` says yes to. */
  take(isWanted: (id: string, channel: HeldChannel) => boolean): HeldChannel | undefined {
    for (const [id, channel] of this.#byId) {
      if (!isWanted(id, channel)) continue;
      this.#byId.delete(id);
      return channel;
    }
    return undefined;
  }

  drop(id: string): void {
    this.#byId.get(id)?.close();
    this.#byId.delete(id);
  }

  clear(): void {
    for (const id of [...this.#byId.keys()]) this.drop(id);
  }
}
