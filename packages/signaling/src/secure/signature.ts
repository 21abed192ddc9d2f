import { PeerloomError } from "@peerloom/core";
import { concat, isSignedBy } from "@peerloom/core/crypto";
import type { Envelope } from "../messages/envelope.ts";

const encoder = new TextEncoder();

/** What is signed of a message: it cannot be taken for something else, nor for a message of another room. */
export function signedText(room: string, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(encoder.encode(JSON.stringify(["peerloom signaling 1", room])), bytes);
}

/** @throws PeerloomError `FORGED` when the message is not signed by the bearer of `publicKey`. */
export async function checkSignature(room: string, { head, signature, signedBytes }: Envelope, publicKey: string): Promise<void> {
  const isGenuine = signature !== undefined && (await isSignedBy(publicKey, signature, signedText(room, signedBytes)));
  if (!isGenuine) throw new PeerloomError("FORGED", `a message in the name of "${head.from}" does not bear its signature`);
}
