import type { Packet } from "@peerloom/core";
import {
  isInstance,
  isName,
  isUint,
  parseFrame,
  parseJson,
  PROTOCOL_VERSION,
  RESERVED_PREFIX,
  WIRE,
  type EncodedFrame,
} from "@peerloom/protocol";
import { FRAME_OVERHEAD_BYTES } from "../limits.ts";
import { toBinaries } from "./binaries.ts";

/** An event as it was sent to a room. */
export interface RoomEvent {
  readonly name: string;
  readonly args: unknown[];
}

/** A room packet that came from a wire, checked. Its events are numbered from `first`; without events it only tells `next`. */
export interface RoomPacket {
  /** The publisher's instance. */
  readonly instance: string;
  readonly first: number;
  /** The number after its last event. */
  readonly next: number;
  readonly events: readonly RoomEvent[];
  /** Roughly what it takes in memory. */
  readonly bytes: number;
}

/** The packet of docs/protocol.md section 5. Only the last frame may have binaries. */
export function encodeRoomPacket(instance: string, first: number, frames: readonly EncodedFrame[]): Packet {
  const head = `[${PROTOCOL_VERSION},"${instance}",${first}`;
  const text = frames.length === 0 ? `${head}]` : `${head},${frames.map((frame) => frame.text).join(",")}]`;
  return { text, attachments: frames.at(-1)?.parts ?? [] };
}

/** Elements before the frames: version, instance, first. */
const headLength = 3;
const none: readonly Uint8Array[] = [];

/** Checks and opens a room packet; `next` is what the relay told beside it. @returns undefined when it is malformed. */
export function parseRoomPacket(next: unknown, text: unknown, attachments: readonly unknown[]): RoomPacket | undefined {
  const binaries = attachments.length === 0 ? none : toBinaries(attachments);
  if (typeof text !== "string" || binaries === undefined) return undefined;
  const raw = parseJson(text);
  if (!Array.isArray(raw)) return undefined;
  const [version, instance, first]: unknown[] = raw;
  if (version !== PROTOCOL_VERSION || !isInstance(instance) || !isUint(first) || !isUint(next)) return undefined;
  const count = raw.length - headLength;
  if (next !== first + count || (count === 0 && binaries.length > 0)) return undefined;
  const events: RoomEvent[] = [];
  let bytes = text.length + count * FRAME_OVERHEAD_BYTES;
  for (const { length } of binaries) bytes += length;
  for (let index = headLength; index < raw.length; index++) {
    const event = parseRoomEvent(raw[index], index === raw.length - 1 ? binaries : none);
    if (event === undefined) return undefined;
    events.push(event);
  }
  return { instance, first, next, events, bytes };
}

/** The event an encoded frame holds: what a history gives back. */
export function decodeRoomFrame({ text, parts }: EncodedFrame): RoomEvent | undefined {
  return parseRoomEvent(parseJson(text), parts);
}

/** A valid name of an application's event. */
export function isEventName(value: unknown): value is string {
  return isName(value) && !value.startsWith(RESERVED_PREFIX);
}

function parseRoomEvent(raw: unknown, parts: readonly Uint8Array[]): RoomEvent | undefined {
  const frame = parts.length <= WIRE.maxAttachments ? parseFrame(raw, parts) : undefined;
  return frame?.type === "event" && isEventName(frame.name) ? { name: frame.name, args: frame.args } : undefined;
}
