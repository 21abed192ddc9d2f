import type { Packet } from "@peerloom/core";
import { WIRE } from "@peerloom/protocol";

const lengthBytes = 4;
const encoder = new TextEncoder();

/**
 * A packet as the bytes that are sealed: the number of attachments in one byte, the length of the text and of each attachment in four, then
 * text and attachments. All of it is copied.
 */
export function encodeBody({ text, attachments }: Packet): Uint8Array<ArrayBuffer> {
  const textBytes = encoder.encode(text);
  const headBytes = 1 + lengthBytes * (1 + attachments.length);
  const body = new Uint8Array(attachments.reduce((sum, { length }) => sum + length, headBytes + textBytes.length));
  const view = new DataView(body.buffer);
  body[0] = attachments.length;
  view.setUint32(1, textBytes.length);
  body.set(textBytes, headBytes);
  let at = headBytes + textBytes.length;
  for (const [index, attachment] of attachments.entries()) {
    view.setUint32(1 + lengthBytes * (index + 1), attachment.length);
    body.set(attachment, at);
    at += attachment.length;
  }
  return body;
}

/** The packet in some bytes that were opened; its attachments are views of them. Undefined when they are none. */
export function decodeBody(body: Uint8Array<ArrayBuffer>): Packet | undefined {
  const count = body[0] ?? Infinity;
  const headBytes = 1 + lengthBytes * (1 + count);
  if (count > WIRE.maxAttachments || body.length < headBytes) return undefined;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  let at = headBytes;
  const parts = Array.from({ length: count + 1 }, (_, index) => {
    const from = at;
    at += view.getUint32(1 + lengthBytes * index);
    return body.subarray(from, at);
  });
  const [text, ...attachments] = parts;
  if (at !== body.length || text === undefined) return undefined;
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text), attachments };
  } catch {
    return undefined;
  }
}
