import type { Packet } from "@peerloom/core";
import { WIRE } from "./limits.ts";

/**
 * The packet as a socket carries it best: a text without attachments, of `minLength` UTF-16 units or more, becomes the one attachment of a
 * packet without text. Texts inside of socket.io's JSON are escaped and parsed at every step of their way, bytes are not.
 */
export function packText(packet: Packet, minLength: number = WIRE.packedTextLength): Packet {
  const { text, attachments } = packet;
  if (text.length < minLength || attachments.length > 0) return packet;
  return { text: "", attachments: [new TextEncoder().encode(text)] };
}

/** Undoes `packText`; undefined when the bytes are no UTF-8. */
export function unpackText(packet: Packet): Packet | undefined {
  const [bytes] = packet.attachments;
  if (packet.text !== "" || bytes === undefined || packet.attachments.length > 1) return packet;
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes), attachments: [] };
  } catch {
    return undefined;
  }
}
