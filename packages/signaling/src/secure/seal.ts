import { PeerloomError } from "@peerloom/core";
import { fromBase64Url } from "./bytes.ts";
import { agreement, subtle } from "./subtle.ts";

/** One key for each direction: no two messages of a pair are ever sealed with the same key and number. */
export interface Seal {
  readonly outgoing: CryptoKey;
  readonly incoming: CryptoKey;
}

export interface SealOptions {
  /** This stay's private key for agreement. */
  readonly own: CryptoKey;
  /** The other side's public one. */
  readonly theirs: string;
  /** All that both sides know of the pair: whoever knows something else gets other keys. */
  readonly transcript: string;
  /** Did this side open the session? */
  readonly isOpener: boolean;
}

const encoder = new TextEncoder();

/** Agrees on the keys of a pair: ECDH, then HKDF-SHA-256 bound to the transcript, for AES-256-GCM. @throws PeerloomError `BAD_SIGNAL` when `theirs` is no key. */
export async function agreeOnSeal({ own, theirs, transcript, isOpener }: SealOptions): Promise<Seal> {
  const crypto = subtle();
  const publicKey = await crypto.importKey("raw", fromBase64Url(theirs), agreement, false, []).catch((cause: unknown) => {
    throw new PeerloomError("BAD_SIGNAL", "a card with a key for agreement that is no point of the curve", { cause });
  });
  const secret = await crypto.deriveBits({ name: "ECDH", public: publicKey }, own, 256);
  const base = await crypto.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const salt = await crypto.digest("SHA-256", encoder.encode(transcript));
  const derive = (direction: string, use: KeyUsage): Promise<CryptoKey> =>
    crypto.deriveKey(
      { name: "HKDF", hash: "SHA-256", salt, info: encoder.encode(`peerloom signaling 1 ${direction}`) },
      base,
      { name: "AES-GCM", length: 256 },
      false,
      [use],
    );
  const [outgoing, incoming] = await Promise.all([
    derive(isOpener ? "opener" : "newcomer", "encrypt"),
    derive(isOpener ? "newcomer" : "opener", "decrypt"),
  ]);
  return { outgoing, incoming };
}

/** Seals message `n`; `head` is bound to it and stays in clear. */
export async function sealBytes(
  key: CryptoKey,
  n: number,
  head: Uint8Array<ArrayBuffer>,
  body: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await subtle().encrypt({ name: "AES-GCM", iv: ivOf(n), additionalData: head }, key, body));
}

/** Opens message `n`. Rejects when one bit of it or of its head is not what was sealed. */
export async function openBytes(
  key: CryptoKey,
  n: number,
  head: Uint8Array<ArrayBuffer>,
  body: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await subtle().decrypt({ name: "AES-GCM", iv: ivOf(n), additionalData: head }, key, body));
}

function ivOf(n: number): Uint8Array<ArrayBuffer> {
  const iv = new Uint8Array(12);
  new DataView(iv.buffer).setBigUint64(4, BigInt(n));
  return iv;
}
