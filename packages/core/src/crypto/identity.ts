import { fromBase64Url, toBase64Url } from "./bytes.ts";
import { signing, subtle } from "./subtle.ts";

/** Ids that are proven by their key: no pin is needed to know who bears one. */
const provenPrefix = "pk-";

export interface IdentityOptions {
  /**
   * Keys of an earlier visit, from `identity.keyPair`: ECDSA on P-256. They can be put in IndexedDB as they are. Needed by peers that choose
   * their id and come back: others in the room remember the key of each id.
   */
  readonly keyPair?: CryptoKeyPair;
}

/** The key a peer signs with, and what follows from it. Its private half cannot be read out. */
export class Identity {
  readonly keyPair: CryptoKeyPair;
  /** The public half: base64url of 65 bytes. */
  readonly publicKey: string;
  /** An id that only the bearer of this key can use. */
  readonly id: string;
  /** For people to compare by another way: six groups of five digits. */
  readonly fingerprint: string;
  #lastSince = 0;

  constructor(keyPair: CryptoKeyPair, publicKey: string, digest: Uint8Array) {
    this.keyPair = keyPair;
    this.publicKey = publicKey;
    this.id = provenPrefix + toBase64Url(digest);
    this.fingerprint = digits(digest);
  }

  async sign(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await subtle().sign(signing, this.keyPair.privateKey, bytes));
  }

  /** When a stay begins: later than any before, even within a millisecond. */
  beginStay(now: number): number {
    this.#lastSince = Math.max(now, this.#lastSince + 1);
    return this.#lastSince;
  }
}

/**
 * Makes the identity of a peer, for as long as it is kept.
 *
 * @throws PeerloomError `NO_CRYPTO` where the platform has no WebCrypto; TypeError when `keyPair` is none for ECDSA on P-256.
 */
export async function createIdentity({ keyPair }: IdentityOptions = {}): Promise<Identity> {
  if (keyPair !== undefined) checkKeys(keyPair);
  const keys = keyPair ?? (await subtle().generateKey(signing, false, ["sign", "verify"]));
  const raw = new Uint8Array(await subtle().exportKey("raw", keys.publicKey));
  return new Identity(keys, toBase64Url(raw), await digestOf(raw));
}

/** The fingerprint of an identity or of a peer's public key, for people to compare by another way: six groups of five digits. */
export async function fingerprintOf(identity: Identity | string): Promise<string> {
  return typeof identity === "string" ? digits(await digestOf(fromBase64Url(identity))) : identity.fingerprint;
}

/** May `publicKey` bear this id? Ids made of a key are its alone; any other id is anyone's who comes first. */
export async function mayBear(id: string, publicKey: string): Promise<boolean> {
  return !id.startsWith(provenPrefix) || id === provenPrefix + toBase64Url(await digestOf(fromBase64Url(publicKey)));
}

function checkKeys(keyPair: CryptoKeyPair): void {
  const { publicKey, privateKey } = (keyPair as Partial<CryptoKeyPair> | null) ?? {};
  const isFit = (key: CryptoKey | undefined, use: KeyUsage): boolean => {
    const { name, namedCurve } = (key?.algorithm ?? {}) as Partial<EcKeyAlgorithm>;
    return name === signing.name && namedCurve === signing.namedCurve && key?.usages.includes(use) === true;
  };
  if (isFit(privateKey, "sign") && isFit(publicKey, "verify")) return;
  throw new TypeError("an identity's keyPair must be made for ECDSA on P-256, to sign and verify");
}

async function digestOf(raw: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await subtle().digest("SHA-256", raw));
}

function digits(digest: Uint8Array): string {
  const groups = Array.from({ length: 6 }, (_, group) => {
    const number = digest.subarray(group * 5, group * 5 + 5).reduce((sum, byte) => sum * 256 + byte, 0);
    return String(number % 100_000).padStart(5, "0");
  });
  return groups.join(" ");
}
