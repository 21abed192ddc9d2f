export { agree, createAgreeKeys, readAgreeKey, type AgreeKeys, type AgreeOptions, type DeriveKey } from "./crypto/agree.ts";
export { concat, fromBase64Url, randomId, toBase64Url } from "./crypto/bytes.ts";
export { createIdentity, fingerprintOf, mayBear, type Identity, type IdentityOptions } from "./crypto/identity.ts";
export { openBytes, sealBytes } from "./crypto/seal.ts";
export { subtle } from "./crypto/subtle.ts";
export { isSignedBy } from "./crypto/verify.ts";
