import { checkTimeout, Emitter, type Layer, type LayerHost, type LayerMaker } from "@peerloom/core";
import { createIdentity, subtle, type Identity } from "@peerloom/core/crypto";
import { makeCipher } from "#cipher";
import { Budget } from "./budget.ts";
import type { PeerKey } from "./channel.ts";
import type { MakeCipher } from "./cipher.ts";
import { EncryptionLayer } from "./layer.ts";
import { askTrust, type TrustHook } from "./trust.ts";

export interface EncryptOptions {
  /** Who this client is, of `createIdentity`. @defaultValue a new one, which ends with the program */
  readonly identity?: Identity | Promise<Identity>;
  /** Decides which keys may speak for which ids. @defaultValue any key for any id but those made of a key (`pk-…`) */
  readonly trust?: TrustHook;
  /** How long a decision may take, in milliseconds; then the key is not trusted. @defaultValue 30000 */
  readonly trustTimeoutMs?: number;
  /** Peers to which everything goes, and from which everything comes, in clear, such as the relay itself. @defaultValue none */
  readonly plaintext?: (id: string) => boolean;
  /** The time in milliseconds; for tests. @defaultValue Date.now */
  readonly now?: () => number;
  /** What seals; for tests. @defaultValue the fastest of this platform */
  readonly makeCipher?: MakeCipher;
}

export interface EncryptionEvents {
  /** There are keys with a peer, which has proven to bear this one. Once for each agreement. */
  peer: PeerKey;
}

/** The encryption of one client; made by `encrypt`. */
export class Encryption extends Emitter<EncryptionEvents> implements LayerMaker {
  readonly #options: EncryptOptions;
  #identity: Promise<Identity> | undefined;
  #layer: EncryptionLayer | undefined;

  constructor(options: EncryptOptions) {
    super();
    subtle();
    checkTimeout(options.trustTimeoutMs ?? 0);
    this.#options = options;
  }

  /** Who this client is to others: its public key, fingerprint, and the id that only it can bear. */
  identity(): Promise<Identity> {
    return (this.#identity ??= Promise.resolve(this.#options.identity ?? createIdentity()));
  }

  /** The key that a peer has proven to bear; undefined before the first word, and a while after the last. */
  peer(id: string): PeerKey | undefined {
    return this.#layer?.contacts.get(id)?.peer;
  }

  /** @throws TypeError when this encryption belongs to another client already. */
  createLayer(layer: LayerHost): Layer {
    if (this.#layer !== undefined) throw new TypeError("an encryption belongs to one client: call encrypt() for each");
    const { trust = () => true, trustTimeoutMs = 30_000, plaintext = () => false, now = Date.now } = this.#options;
    this.#layer = new EncryptionLayer({
      layer,
      budget: new Budget(),
      now,
      makeCipher: this.#options.makeCipher ?? makeCipher,
      isPlain: plaintext,
      identity: () => this.identity(),
      trust: (peer) => askTrust(trust, peer, trustTimeoutMs),
      met: (peer) => this.emit("peer", peer),
    });
    return this.#layer;
  }
}

/**
 * Encrypts what a client and its peers say to each other, whatever path it takes: `connect(url, { encryption: encrypt() })`. The peers
 * have to do so too.
 *
 * @throws PeerloomError `NO_CRYPTO` where the platform has no WebCrypto; RangeError when `trustTimeoutMs` is no duration.
 */
export function encrypt(options: EncryptOptions = {}): Encryption {
  return new Encryption(options);
}
