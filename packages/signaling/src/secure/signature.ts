import { PeerloomError } from "@peerloom/core";
import type { Envelope } from "../messages/envelope.ts";
import { concat, fromBase64Url } from "./bytes.ts";
import { signing, subtle } from "./subtle.ts";

const encoder = new TextEncoder();

/** What is signed of a message: it cannot be taken for something else, nor for a message of another room. */
export function signedText(room: string, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(encoder.encode(JSON.stringify(["peerloom signaling 1", room])), bytes);
}

/** @throws PeerloomError `FORGED` when the message is not signed by the bearer of `publicKey`. */
export async function checkSignature(room: string, { head, signature, signedBytes }: Envelope, publicKey: string): Promise<void> {
  const isGenuine = signature !== undefined && (await verify(publicKey, signature, signedText(room, signedBytes)));
  if (!isGenuine) throw new PeerloomError("FORGED", `a message in the name of "${head.from}" does not bear its signature`);
}

async function verify(publicKey: string, signature: Uint8Array<ArrayBuffer>, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  try {
    const key = await subtle().importKey("raw", fromBase64Url(publicKey), signing, false, ["verify"]);
    return await subtle().verify(signing, key, signature, bytes);
  } catch {
    // 65 bytes that are no point of the curve.
    return false;
  }
}
