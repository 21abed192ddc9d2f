import { openBytes, sealBytes } from "@peerloom/core/crypto";
import type { MakeCipher } from "./cipher.ts";

/** By WebCrypto: in browsers, and wherever there is nothing faster. */
export const makeCipher: MakeCipher = async (derive, ownInfo, theirInfo) => {
  const [own, theirs] = await Promise.all([derive(ownInfo, "encrypt"), derive(theirInfo, "decrypt")]);
  return {
    seal: (n, body) => sealBytes(own, n, undefined, body),
    open: (n, box) => openBytes(theirs, n, undefined, box).catch(() => undefined),
  };
};
