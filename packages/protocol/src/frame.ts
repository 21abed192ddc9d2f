import type { WireError } from "@peerloom/core";
import { encodeValues, type EncodedValues } from "./values.ts";

/** First element of a frame; docs/protocol.md section 4. */
export const KIND = {
  event: 0,
  request: 1,
  response: 2,
  failure: 3,
  cancel: 4,
  textPart: 5,
  binaryPart: 6,
  whole: 7,
  open: 8,
  accept: 9,
  refuse: 10,
  data: 11,
  credit: 12,
  end: 13,
  reset: 14,
} as const;

/** A frame ready for a packet. */
export interface EncodedFrame {
  readonly text: string;
  /** The binaries its text refers to by index. */
  readonly parts: readonly Uint8Array[];
}

const noParts: readonly Uint8Array[] = [];

/** An event. `quotedName` is the JSON of a checked event name. @throws TypeError when an argument cannot be carried. */
export function encodeEvent(quotedName: string, args: readonly unknown[]): EncodedFrame {
  return withValues(`[0,${quotedName},`, encodeValues(args));
}

/** A request; `quotedName` as for an event. @throws TypeError when an argument cannot be carried. */
export function encodeRequest(id: number, quotedName: string, args: readonly unknown[]): EncodedFrame {
  return withValues(`[1,${id},${quotedName},`, encodeValues(args));
}

/** The answer to request `id`. @throws TypeError when the value cannot be carried. */
export function encodeResponse(id: number, value: unknown): EncodedFrame {
  return withValues(`[2,${id},`, encodeValues(value === undefined ? [] : [value]));
}

/** The failure of request `id`. */
export function encodeFailure(id: number, { code, message }: WireError): EncodedFrame {
  return { text: JSON.stringify([KIND.failure, id, code, message]), parts: noParts };
}

/** Nobody waits for request `id` any more. */
export function encodeCancel(id: number): EncodedFrame {
  return { text: `[4,${id}]`, parts: noParts };
}

/** A frame that ends in values and their holes. `start` is its text up to there. */
export function withValues(start: string, { json, holes, parts }: EncodedValues): EncodedFrame {
  return { text: holes.length === 0 ? `${start}${json}]` : `${start}${json},${JSON.stringify(holes)}]`, parts };
}
