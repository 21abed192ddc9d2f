export { createIdentity, fingerprintOf, type Identity, type IdentityOptions } from "@peerloom/core/crypto";
export type { PeerKey } from "./channel.ts";
export { encrypt, type Encryption, type EncryptionEvents, type EncryptOptions } from "./encrypt.ts";
export { trustOnFirstUse, type KeyStore, type TrustHook } from "./trust.ts";
