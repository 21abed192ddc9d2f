import { subtle } from "./subtle.ts";

/** Seals message `n` of a key that no other message of that number is sealed with; `head` is bound to it and stays in clear. */
export async function sealBytes(
  key: CryptoKey,
  n: number,
  head: Uint8Array<ArrayBuffer> | undefined,
  body: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await subtle().encrypt(gcm(n, head), key, body));
}

/** Opens message `n`. Rejects when one bit of it or of its head is not what was sealed. */
export async function openBytes(
  key: CryptoKey,
  n: number,
  head: Uint8Array<ArrayBuffer> | undefined,
  body: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await subtle().decrypt(gcm(n, head), key, body));
}

function gcm(n: number, head: Uint8Array<ArrayBuffer> | undefined): AesGcmParams {
  const iv = new Uint8Array(12);
  new DataView(iv.buffer).setBigUint64(4, BigInt(n));
  return head === undefined ? { name: "AES-GCM", iv } : { name: "AES-GCM", iv, additionalData: head };
}
