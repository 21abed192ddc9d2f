import { fromBase64Url } from "./bytes.ts";
import { signing, subtle } from "./subtle.ts";

/** Did the bearer of `publicKey` (base64url) sign these bytes? False, too, when that is no key. */
export async function isSignedBy(publicKey: string, signature: Uint8Array<ArrayBuffer>, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  try {
    const key = await subtle().importKey("raw", fromBase64Url(publicKey), signing, false, ["verify"]);
    return await subtle().verify(signing, key, signature, bytes);
  } catch {
    // No base64url, or 65 bytes that are no point of the curve.
    return false;
  }
}
