import { openBytes, sealBytes } from "@peerloom/core/crypto";
import { ReplayWindow } from "./replay-window.ts";

/** The other end of a channel, as it has proven itself. */
export interface PeerKey {
  /** The id under which the relay brought it. */
  readonly id: string;
  /** The public key it signs with: base64url of 65 bytes, a point of P-256. */
  readonly publicKey: string;
  /** For people to compare by another way: six groups of five digits. */
  readonly fingerprint: string;
}

export interface ChannelOptions {
  readonly id: string;
  readonly peer: PeerKey;
  /** The client object at the other end. */
  readonly instance: string;
  readonly sealKey: CryptoKey;
  readonly openKey: CryptoKey;
  readonly now: number;
}

/** The keys two clients have agreed on: seals what goes, opens what comes, and takes nothing twice. */
export class Channel {
  readonly id: string;
  readonly peer: PeerKey;
  readonly instance: string;
  readonly bornAt: number;
  readonly #sealKey: CryptoKey;
  readonly #openKey: CryptoKey;
  readonly #seen = new ReplayWindow();
  #sealed = 0;

  constructor({ id, peer, instance, sealKey, openKey, now }: ChannelOptions) {
    this.id = id;
    this.peer = peer;
    this.instance = instance;
    this.bornAt = now;
    this.#sealKey = sealKey;
    this.#openKey = openKey;
  }

  /** Packets sealed so far. */
  get sealed(): number {
    return this.#sealed;
  }

  /** Seals under the next number. */
  seal(body: Uint8Array<ArrayBuffer>): { readonly n: number; readonly box: Promise<Uint8Array<ArrayBuffer>> } {
    this.#sealed += 1;
    return { n: this.#sealed, box: sealBytes(this.#sealKey, this.#sealed, undefined, body) };
  }

  /** Opens number `n`; undefined when it was not sealed by the peer, for this side, under this number. */
  async open(n: number, box: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (!this.#seen.isFresh(n)) return undefined;
    try {
      return await openBytes(this.#openKey, n, undefined, box);
    } catch {
      return undefined;
    }
  }

  /** Takes number `n`, which was opened; false when it was there before. */
  take(n: number): boolean {
    return this.#seen.take(n);
  }

  /** Could `n` still come, or was it there? */
  isFresh(n: number): boolean {
    return this.#seen.isFresh(n);
  }
}
