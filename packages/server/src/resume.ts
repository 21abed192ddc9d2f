import { createHmac, timingSafeEqual } from "node:crypto";

/** The secret by which the client object `instance` proves later that it held `id`: any relay with the same key can check it. */
export function resumeSecret(key: Uint8Array, id: string, instance: string): string {
  return createHmac("sha256", key).update(`${id}\n${instance}`).digest("base64url");
}

/** Compares in constant time. */
export function isResumeValid(key: Uint8Array, id: string, instance: string, given: string | undefined): boolean {
  if (given === undefined) return false;
  const expected = Buffer.from(resumeSecret(key, id, instance));
  const actual = Buffer.from(given);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}
