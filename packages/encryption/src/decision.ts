import { PeerloomError } from "@peerloom/core";
import type { PeerKey } from "./channel.ts";

/** Whether a peer's key is trusted: asked once for each key that it comes with in a row. */
export class Decision {
  readonly #trust: (peer: PeerKey) => Promise<void>;
  #publicKey: string | undefined;
  #refusal: PeerloomError | undefined;

  /** `trust` rejects when the key is not trusted. */
  constructor(trust: (peer: PeerKey) => Promise<void>) {
    this.#trust = trust;
  }

  /** Why the key is not trusted; undefined when it is. */
  async refusalOf(peer: PeerKey): Promise<PeerloomError | undefined> {
    if (peer.publicKey === this.#publicKey) return this.#refusal;
    this.#refusal = await this.#trust(peer).then(
      () => undefined,
      (thrown: unknown) =>
        PeerloomError.is(thrown)
          ? thrown
          : new PeerloomError("UNTRUSTED", `the key of ${JSON.stringify(peer.id)} is not trusted`, { cause: thrown }),
    );
    this.#publicKey = peer.publicKey;
    return this.#refusal;
  }
}
