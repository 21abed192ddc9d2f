import type { Cipher } from "./cipher.ts";
import { ReplayWindow } from "./replay-window.ts";

type Bytes = Uint8Array<ArrayBuffer>;

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
  readonly cipher: Cipher;
  readonly now: number;
}

/** The keys two clients have agreed on: seals what goes, opens what comes, and takes nothing twice. */
export class Channel {
  readonly id: string;
  readonly peer: PeerKey;
  readonly instance: string;
  readonly bornAt: number;
  readonly #cipher: Cipher;
  readonly #seen = new ReplayWindow();
  #sealed = 0;

  constructor({ id, peer, instance, cipher, now }: ChannelOptions) {
    this.id = id;
    this.peer = peer;
    this.instance = instance;
    this.bornAt = now;
    this.#cipher = cipher;
  }

  /** Packets sealed so far. */
  get sealed(): number {
    return this.#sealed;
  }

  /** Seals under the next number; at once where the platform can. */
  seal(body: Bytes): { readonly n: number; readonly box: Bytes | Promise<Bytes> } {
    this.#sealed += 1;
    return { n: this.#sealed, box: this.#cipher.seal(this.#sealed, body) };
  }

  /** Opens number `n`; undefined when it was not sealed by the peer, for this side, under this number, or was there before. */
  open(n: number, box: Bytes): Bytes | undefined | Promise<Bytes | undefined> {
    return this.#seen.isFresh(n) ? this.#cipher.open(n, box) : undefined;
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
