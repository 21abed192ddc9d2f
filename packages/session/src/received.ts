import type { Packet } from "@peerloom/core";
import { unpackText, WIRE } from "@peerloom/protocol";

/** What came over a wire, if it has the form of a packet. */
export function parseReceived(text: unknown, attachments: readonly unknown[]): Packet | undefined {
  if (typeof text !== "string" || attachments.length > WIRE.maxAttachments) return undefined;
  const binaries = attachments.map(toBytes);
  return binaries.includes(undefined) ? undefined : unpackText({ text, attachments: binaries as Uint8Array[] });
}

function toBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined;
}
