import type { Packet } from "@peerloom/core";
import { fromBase64Url, toBase64Url } from "@peerloom/core/crypto";
import { ENCRYPTION, fromBase64, isInstance, toBase64 } from "@peerloom/protocol";

/** What two clients that encrypt say to each other, as docs/protocol.md section 9 has it. `id` names the keys it is about. */
export type Message =
  | { readonly type: "plain" }
  | { readonly type: "hello"; readonly id: string; readonly instance: string; readonly key: string }
  | { readonly type: "accept"; readonly id: string; readonly instance: string; readonly key: string; readonly box: Bytes }
  | { readonly type: "confirm"; readonly id: string; readonly box: Bytes }
  | { readonly type: "sealed"; readonly id: string; readonly n: number; readonly box: Bytes }
  | { readonly type: "unknown"; readonly id: string }
  | { readonly type: "alert"; readonly id: string; readonly box: Bytes };

type Bytes = Uint8Array<ArrayBuffer>;

/** Sealed bytes up to this many travel inside the text as base64: then the packet is one message of a WebSocket. */
const INLINE_BYTES = 2048;

const idForm = /^[A-Za-z0-9_-]{16}$/;
const keyForm = /^[A-Za-z0-9_-]{87}$/;
const boxForm = /^[A-Za-z0-9_-]{22,512}$/;
const numberForm = /^[1-9][0-9]{0,14}$/;

export function encodePlain(): Packet {
  return packet(ENCRYPTION.plain);
}

export function encodeHello(id: string, instance: string, key: string): Packet {
  return packet(`e1.${id}.${instance}.${key}`);
}

export function encodeAccept(id: string, instance: string, key: string, box: Uint8Array): Packet {
  return packet(`e2.${id}.${instance}.${key}.${toBase64Url(box)}`);
}

export function encodeConfirm(id: string, box: Uint8Array): Packet {
  return packet(`e3.${id}.${toBase64Url(box)}`);
}

export function encodeSealed(id: string, n: number, box: Uint8Array): Packet {
  if (box.length > INLINE_BYTES) return { text: `e4.${id}.${n}`, attachments: [box] };
  return packet(`e4.${id}.${n}.${toBase64(box)}`);
}

export function encodeUnknown(id: string): Packet {
  return packet(`e5.${id}`);
}

export function encodeAlert(id: string, box: Uint8Array): Packet {
  return packet(`e6.${id}.${toBase64Url(box)}`);
}

function packet(text: string): Packet {
  return { text, attachments: [] };
}

/** Checks what came under the name of a peer. @returns undefined when it is no message of encryption. */
export function parseMessage(text: unknown, attachments: readonly unknown[]): Message | undefined {
  if (typeof text !== "string" || !text.startsWith(ENCRYPTION.prefix)) return undefined;
  const [kind, id, ...fields] = text.split(".", 6);
  if (kind === "e4") return parseSealed(id, fields, attachments);
  if (attachments.length > 0 || text.length > 1024) return undefined;
  if (text === ENCRYPTION.plain) return { type: "plain" };
  if (id === undefined || !idForm.test(id)) return undefined;
  const [one, two, three] = fields;
  switch (kind as string) {
    case "e1":
      return fields.length === 2 && isInstance(one) && isKey(two) ? { type: "hello", id, instance: one, key: two } : undefined;
    case "e2": {
      const box = boxOf(three);
      if (fields.length !== 3 || !isInstance(one) || !isKey(two) || box === undefined) return undefined;
      return { type: "accept", id, instance: one, key: two, box };
    }
    case "e3":
    case "e6": {
      const box = boxOf(one);
      if (fields.length !== 1 || box === undefined) return undefined;
      return { type: kind === "e3" ? "confirm" : "alert", id, box };
    }
    case "e5":
      return fields.length === 0 ? { type: "unknown", id } : undefined;
    default:
      return undefined;
  }
}

function parseSealed(id: string | undefined, fields: readonly string[], attachments: readonly unknown[]): Message | undefined {
  const [number, inline] = fields;
  if (id === undefined || !idForm.test(id) || number === undefined || !numberForm.test(number)) return undefined;
  if (fields.length + attachments.length !== 2) return undefined;
  const box = inline === undefined ? toBytes(attachments[0]) : fromBase64(inline);
  return box === undefined ? undefined : { type: "sealed", id, n: Number(number), box };
}

function isKey(value: unknown): value is string {
  return typeof value === "string" && keyForm.test(value);
}

function boxOf(text: string | undefined): Bytes | undefined {
  // Any other length is no base64url.
  return text !== undefined && boxForm.test(text) && text.length % 4 !== 1 ? fromBase64Url(text) : undefined;
}

function toBytes(value: unknown): Bytes | undefined {
  if (value instanceof Uint8Array) return new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
  return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined;
}
