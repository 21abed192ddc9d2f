import { createCipheriv, createDecipheriv, KeyObject } from "node:crypto";
import type { MakeCipher } from "./cipher.ts";

const algorithm = "aes-256-gcm";
const tagBytes = 16;

/** By Node's own crypto, at once: WebCrypto there hands each packet to another thread, which takes many times as long as sealing it. */
export const makeCipher: MakeCipher = async (derive, ownInfo, theirInfo) => {
  const keyOf = async (info: string): Promise<KeyObject> => KeyObject.from(await derive(info, "encrypt", { isExtractable: true }));
  const [own, theirs] = await Promise.all([keyOf(ownInfo), keyOf(theirInfo)]);
  return {
    seal: (n, body) => {
      const cipher = createCipheriv(algorithm, own, nonceOf(n));
      const box = new Uint8Array(body.length + tagBytes);
      box.set(cipher.update(body));
      cipher.final();
      box.set(cipher.getAuthTag(), body.length);
      return box;
    },
    open: (n, box) => {
      if (box.length < tagBytes) return undefined;
      const decipher = createDecipheriv(algorithm, theirs, nonceOf(n));
      decipher.setAuthTag(box.subarray(box.length - tagBytes));
      const body = decipher.update(box.subarray(0, box.length - tagBytes));
      try {
        decipher.final();
      } catch {
        return undefined;
      }
      return new Uint8Array(body.buffer as ArrayBuffer, body.byteOffset, body.length);
    },
  };
};

function nonceOf(n: number): Uint8Array {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setBigUint64(4, BigInt(n));
  return nonce;
}
