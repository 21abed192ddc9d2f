import type { AnyCode } from "@peerloom/core";
import { isListOf, isName, isRoom, isText, isUint, WIRE } from "@peerloom/protocol";
import { encodeFrame } from "./frames.ts";

/** What nodes forward to each other, beside `NodeMessages`: heads are arrays, as short as they can be, since one goes with each packet. */
export type Parcel =
  | {
      readonly type: "p";
      readonly tenant: string | undefined;
      readonly to: string;
      readonly from: string;
      readonly serial: number;
      /** Bytes of the text, and of each attachment. */
      readonly sizes: readonly number[];
    }
  | {
      readonly type: "r";
      readonly tenant: string | undefined;
      readonly room: string;
      readonly from: string;
      readonly nexts: readonly number[];
      /** Bytes of the text of each packet, and of each attachment of the only one. */
      readonly sizes: readonly number[];
    }
  | {
      readonly type: "u";
      readonly tenant: string | undefined;
      readonly to: string;
      readonly peer: string;
      readonly code: AnyCode;
      readonly serial: number;
    }
  | { readonly type: "ready"; readonly tenant: string | undefined; readonly to: string; readonly peer: string }
  | { readonly type: "k"; readonly bytes: number }
  | { readonly type: "s"; readonly key: string; readonly address: string; readonly from: string };

type Part = string | Uint8Array;

/** A packet of a client to a client of another node. */
export function packetFrame(tenant: string | undefined, to: string, from: string, serial: number, parts: readonly Part[]): Uint8Array[] {
  const sizes = parts.map(sizeOf);
  return encodeFrame(JSON.stringify(["p", tenant ?? 0, to, from, serial, sizes]), parts, sum(sizes));
}

/** Packets of one sender to a room with members on another node. */
export function roomFrame(
  tenant: string | undefined,
  room: string,
  from: string,
  packets: readonly (readonly [next: number, text: string])[],
  attachments: readonly Uint8Array[],
): Uint8Array[] {
  const parts = [...packets.map(([, text]) => text), ...attachments];
  const sizes = parts.map(sizeOf);
  const nexts = packets.map(([next]) => next);
  return encodeFrame(JSON.stringify(["r", tenant ?? 0, room, from, nexts, sizes]), parts, sum(sizes));
}

/** A packet was not forwarded. */
export function refusalFrame(tenant: string | undefined, to: string, peer: string, code: AnyCode, serial: number): Uint8Array[] {
  return encodeFrame(JSON.stringify(["u", tenant ?? 0, to, peer, code, serial]));
}

/** A peer takes packets again. */
export function readyFrame(tenant: string | undefined, to: string, peer: string): Uint8Array[] {
  return encodeFrame(JSON.stringify(["ready", tenant ?? 0, to, peer]));
}

/** So many bytes of packets have been taken. */
export function confirmationFrame(bytes: number): Uint8Array[] {
  return encodeFrame(JSON.stringify(["k", bytes]));
}

/** A signaling message. */
export function signalFrame(key: string, address: string, from: string, bytes: Uint8Array): Uint8Array[] {
  return encodeFrame(JSON.stringify(["s", key, address, from]), [bytes], bytes.length);
}

const areSizes = isListOf(isUint, WIRE.maxAttachments + 1);
const areMany = isListOf(isUint, 100_000);
const isKey = isText(2048);
const isCode = isText(64);

/** Checks the head of a parcel; undefined when it is none. */
export function parseParcel(head: readonly unknown[]): Parcel | undefined {
  const [type, space, name, other, ...rest] = head;
  if (type === "k") return isUint(space) ? { type, bytes: space } : undefined;
  if (type === "s") return isKey(space) && isKey(name) && isName(other) ? { type, key: space, address: name, from: other } : undefined;
  if ((space !== 0 && !isName(space)) || !isName(other)) return undefined;
  const tenant = space === 0 ? undefined : space;
  if (type === "r") return parseRoomParcel(tenant, name, other, rest);
  if (!isName(name)) return undefined;
  const [first, second] = rest;
  switch (type) {
    case "p":
      return isUint(first) && areSizes(second) ? { type, tenant, to: name, from: other, serial: first, sizes: second } : undefined;
    case "u":
      return isCode(first) && isUint(second) ? { type, tenant, to: name, peer: other, code: first, serial: second } : undefined;
    case "ready":
      return { type, tenant, to: name, peer: other };
    default:
      return undefined;
  }
}

function parseRoomParcel(tenant: string | undefined, room: unknown, from: string, [nexts, sizes]: readonly unknown[]): Parcel | undefined {
  const isGood = isRoom(room) && areMany(nexts) && areMany(sizes) && nexts.length > 0 && sizes.length >= nexts.length;
  return isGood ? { type: "r", tenant, room, from, nexts, sizes } : undefined;
}

function sizeOf(part: Part): number {
  return typeof part === "string" ? Buffer.byteLength(part) : part.length;
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}
