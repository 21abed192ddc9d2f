import { createSecretKey } from "node:crypto";
import type { RTCDtlsTransport } from "werift";

/**
 * Hands the keys of a connection to its cipher in the form that Node's crypto wants them: werift keeps bytes, of which Node 24 makes
 * a key for each packet, which costs four times the encryption.
 */
export function prepareKeys(transport: RTCDtlsTransport): void {
  const context = Reflect.get(transport.dtls ?? {}, "cipher") as unknown;
  const cipher = isObject(context) ? Reflect.get(context, "cipher") : undefined;
  if (!isObject(cipher)) return;
  for (const name of ["clientWriteKey", "serverWriteKey"]) {
    const key: unknown = Reflect.get(cipher, name);
    if (Buffer.isBuffer(key)) Reflect.set(cipher, name, createSecretKey(key));
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
