import type { DeriveKey } from "@peerloom/core/crypto";

type Bytes = Uint8Array<ArrayBuffer>;

/** Seals and opens with the two keys of a channel, each number once. AES-256-GCM, wherever it runs. */
export interface Cipher {
  seal(n: number, body: Bytes): Bytes | Promise<Bytes>;
  /** Undefined when one bit of it is not what was sealed under this number. */
  open(n: number, box: Bytes): Bytes | undefined | Promise<Bytes | undefined>;
}

/** Makes the cipher of this platform (`#cipher`) of the keys that `derive` gives under these names. */
export type MakeCipher = (derive: DeriveKey, ownInfo: string, theirInfo: string) => Promise<Cipher>;
