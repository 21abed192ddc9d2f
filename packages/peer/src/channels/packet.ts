import { getUint48, putUint48 } from "./byte-writer.ts";
import { textPacket, type SoleText } from "./text-packet.ts";
import { ACK_BYTES, CHANNEL_VERSION, DATA_HEADER_BYTES, HELLO_BYTES, PACKET } from "./wire.ts";

/** A packet that waits to be sent, or to be acknowledged. */
export interface Parcel {
  /** The whole packet, with room for its header; or the one text it carries. */
  readonly content: Uint8Array<ArrayBuffer> | SoleText;
  readonly size: number;
  flags: number;
  /** Called once the other side has it. */
  readonly done: readonly (() => void)[];
}

/** What a packet's header says. */
export type PacketHead =
  | { readonly type: "hello"; readonly instance: string; readonly received: number }
  | { readonly type: "data"; readonly flags: number; readonly number: number; readonly ack: number }
  | { readonly type: "ack"; readonly ack: number }
  | { readonly type: "bye" }
  | { readonly type: "loose" };

/** Says who speaks, and how far it has received. `instance`: 16 hex digits. */
export function helloPacket(instance: string, received: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HELLO_BYTES);
  bytes[0] = PACKET.hello;
  bytes[1] = CHANNEL_VERSION;
  for (let index = 0; index < 8; index++) bytes[2 + index] = Number.parseInt(instance.slice(2 * index, 2 * index + 2), 16);
  putUint48(bytes, 10, received);
  return bytes;
}

/** Acknowledges all packets up to `received`. */
export function ackPacket(received: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(ACK_BYTES);
  bytes[0] = PACKET.ack;
  putUint48(bytes, 1, received);
  return bytes;
}

/** Fills the header of a numbered packet. @returns what goes out. */
export function stampData({ content: bytes, flags }: Parcel, number: number, ack: number): Uint8Array<ArrayBuffer> | string {
  if (!(bytes instanceof Uint8Array)) return textPacket(bytes, flags, number, ack);
  bytes[0] = PACKET.data;
  bytes[1] = flags;
  putUint48(bytes, 2, number);
  putUint48(bytes, 8, ack);
  return bytes;
}

/** Ends the channel; `reason` is the JSON of a wire error, or empty. */
export function byePacket(reason: string): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(reason);
  const bytes = new Uint8Array(1 + text.length);
  bytes[0] = PACKET.bye;
  bytes.set(text, 1);
  return bytes;
}

/** @returns what is wrong with it, when it is no packet. */
export function parseHead(bytes: Uint8Array): PacketHead | string {
  const type = bytes[0] ?? 0;
  switch (type) {
    case PACKET.data:
      if (bytes.length <= DATA_HEADER_BYTES) return "a packet without frames";
      return { type: "data", flags: bytes[1] ?? 0, number: getUint48(bytes, 2), ack: getUint48(bytes, 8) };
    case PACKET.ack:
      return bytes.length === ACK_BYTES ? { type: "ack", ack: getUint48(bytes, 1) } : "an acknowledgement of a wrong length";
    case PACKET.loose:
      return { type: "loose" };
    case PACKET.hello: {
      if (bytes.length < HELLO_BYTES) return "a greeting of a wrong length";
      if (bytes[1] !== CHANNEL_VERSION) return `version ${bytes[1]} of the framing`;
      const instance = Array.from(bytes.subarray(2, 10), (byte) => byte.toString(16).padStart(2, "0")).join("");
      return { type: "hello", instance, received: getUint48(bytes, 10) };
    }
    case PACKET.bye:
      return { type: "bye" };
    default:
      return bytes.length === 0 ? "an empty packet" : `a packet of type ${type}`;
  }
}
