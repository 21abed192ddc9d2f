import { createHmac, timingSafeEqual, type KeyObject } from "node:crypto";

/** Who a resume secret is for. */
export interface ResumeClaim {
  /** The relay's key. */
  readonly key: KeyObject;
  readonly tenant: string | undefined;
  readonly id: string;
  readonly instance: string;
}

/** The secret by which a client object proves later that it held its id in its name space: any relay with the same key can check it. */
export function resumeSecret({ key, tenant, id, instance }: ResumeClaim): string {
  // No name has a line break in it, so the two forms cannot meet.
  const text = tenant === undefined ? `${id}\n${instance}` : `${tenant}\n${id}\n${instance}`;
  return createHmac("sha256", key).update(text).digest("base64url");
}

/** Compares in constant time. */
export function isResumeValid(claim: ResumeClaim, given: string | undefined): boolean {
  if (given === undefined) return false;
  const expected = Buffer.from(resumeSecret(claim));
  const actual = Buffer.from(given);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}
