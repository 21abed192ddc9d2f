import { PeerloomError } from "../error.ts";

/** ECDSA and ECDH on P-256: what every WebCrypto has. */
export const signing = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
export const agreement = { name: "ECDH", namedCurve: "P-256" } as const;

/**
 * The platform's WebCrypto.
 *
 * @throws PeerloomError `NO_CRYPTO` where there is none: a page that came by plain http.
 */
export function subtle(): SubtleCrypto {
  const found = (globalThis as { readonly crypto?: { readonly subtle?: SubtleCrypto } }).crypto?.subtle;
  if (found !== undefined) return found;
  throw new PeerloomError(
    "NO_CRYPTO",
    "there is no crypto.subtle to seal and sign with: serve the page by https or from localhost, or turn encryption off",
  );
}
