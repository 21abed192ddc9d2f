import { fromBase64Url, toBase64Url } from "./bytes.ts";
import { agreement, subtle } from "./subtle.ts";

/** A key pair to agree on keys with, made for one session and forgotten with it. */
export interface AgreeKeys {
  readonly privateKey: CryptoKey;
  /** base64url of 65 bytes. */
  readonly publicKey: string;
}

/** Makes a key of AES-256-GCM; each `info` gives another one. It cannot be read out unless that is asked for. */
export type DeriveKey = (info: string, use: "encrypt" | "decrypt", options?: { readonly isExtractable?: boolean }) => Promise<CryptoKey>;

export interface AgreeOptions {
  readonly own: CryptoKey;
  readonly theirs: CryptoKey;
  /** All that both sides know of each other: whoever knows something else gets other keys. */
  readonly transcript: string;
}

const encoder = new TextEncoder();

/** Makes a key pair for `agree`. */
export async function createAgreeKeys(): Promise<AgreeKeys> {
  const { privateKey, publicKey } = await subtle().generateKey(agreement, false, ["deriveBits"]);
  return { privateKey, publicKey: toBase64Url(new Uint8Array(await subtle().exportKey("raw", publicKey))) };
}

/** The other side's public key from base64url; undefined when it is no point of the curve. */
export async function readAgreeKey(text: string): Promise<CryptoKey | undefined> {
  try {
    return await subtle().importKey("raw", fromBase64Url(text), agreement, false, []);
  } catch {
    return undefined;
  }
}

/** Agrees on keys: ECDH on P-256, then HKDF-SHA-256 bound to the transcript. */
export async function agree({ own, theirs, transcript }: AgreeOptions): Promise<DeriveKey> {
  const crypto = subtle();
  const secret = await crypto.deriveBits({ name: "ECDH", public: theirs }, own, 256);
  const base = await crypto.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const salt = await crypto.digest("SHA-256", encoder.encode(transcript));
  return (info, use, { isExtractable = false } = {}) =>
    crypto.deriveKey(
      { name: "HKDF", hash: "SHA-256", salt, info: encoder.encode(info) },
      base,
      { name: "AES-GCM", length: 256 },
      isExtractable,
      [use],
    );
}
