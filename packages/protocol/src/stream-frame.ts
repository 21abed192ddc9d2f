import type { WireError } from "@peerloom/core";
import { KIND, withValues, type EncodedFrame } from "./frame.ts";
import { isFilled } from "./holes.ts";
import { isName } from "./names.ts";
import { isText, isUint } from "./shape.ts";
import { encodeValues } from "./values.ts";

/** A frame of a stream that came from a wire, checked. `stream` is as its sender wrote it: positive when the sender opened the stream. */
export type StreamFrame =
  | { readonly type: "open"; readonly stream: number; readonly name: string; readonly credit: number; readonly metadata: unknown }
  | { readonly type: "accept"; readonly stream: number; readonly credit: number }
  | { readonly type: "refuse"; readonly stream: number; readonly code: string; readonly message: string }
  | { readonly type: "data"; readonly stream: number; readonly values: readonly unknown[] }
  | { readonly type: "credit"; readonly stream: number; readonly bytes: number }
  | { readonly type: "end"; readonly stream: number }
  | { readonly type: "reset"; readonly stream: number; readonly code: string; readonly message: string };

const noParts: readonly Uint8Array[] = [];
const isCode = isText(64);
const isMessage = isText(2048);

/** Opens a stream. `name` is a checked name, `credit` what the other side may send, in bytes. @throws TypeError when the metadata cannot be carried. */
export function encodeOpen(stream: number, name: string, credit: number, metadata: unknown): EncodedFrame {
  return withValues(`[${KIND.open},${stream},${JSON.stringify(name)},${credit},`, encodeValues(metadata === undefined ? [] : [metadata]));
}

/** Takes a stream, and grants credit. */
export function encodeAccept(stream: number, credit: number): EncodedFrame {
  return { text: `[${KIND.accept},${stream},${credit}]`, parts: noParts };
}

/** Does not take a stream. */
export function encodeRefuse(stream: number, { code, message }: WireError): EncodedFrame {
  return { text: JSON.stringify([KIND.refuse, stream, code, message]), parts: noParts };
}

/** Values of a stream. @throws TypeError when one cannot be carried. */
export function encodeData(stream: number, values: readonly unknown[]): EncodedFrame {
  return withValues(`[${KIND.data},${stream},`, encodeValues(values));
}

/** Grants more credit. */
export function encodeCredit(stream: number, bytes: number): EncodedFrame {
  return { text: `[${KIND.credit},${stream},${bytes}]`, parts: noParts };
}

/** The sender of this sends no more values. */
export function encodeEnd(stream: number): EncodedFrame {
  return { text: `[${KIND.end},${stream}]`, parts: noParts };
}

/** The stream is dead in both directions. */
export function encodeReset(stream: number, { code, message }: WireError): EncodedFrame {
  return { text: JSON.stringify([KIND.reset, stream, code, message]), parts: noParts };
}

/** Checks a frame of kind 8–14; undefined when it is malformed. Takes over `raw`'s arrays. */
export function parseStreamFrame(raw: readonly unknown[], parts: readonly Uint8Array[]): StreamFrame | undefined {
  const [kind, stream, a, b, c, d] = raw;
  if (!isStream(stream)) return undefined;
  const length = parts.length === 0 ? raw.length : -1;
  switch (kind) {
    case KIND.open:
      return raw.length <= 6 && isName(a) && isUint(b) && isFilled(c, d, parts) && c.length <= 1
        ? { type: "open", stream, name: a, credit: b, metadata: c[0] }
        : undefined;
    case KIND.accept:
      return length === 3 && isUint(a) ? { type: "accept", stream, credit: a } : undefined;
    case KIND.refuse:
      return length === 4 && isCode(a) && isMessage(b) ? { type: "refuse", stream, code: a, message: b } : undefined;
    case KIND.data:
      // Values cost credit; a frame of none would be free, and could be sent without end.
      return raw.length <= 4 && isFilled(a, b, parts) && a.length > 0 ? { type: "data", stream, values: a } : undefined;
    case KIND.credit:
      return length === 3 && isUint(a) ? { type: "credit", stream, bytes: a } : undefined;
    case KIND.end:
      return length === 2 ? { type: "end", stream } : undefined;
    case KIND.reset:
      return length === 4 && isCode(a) && isMessage(b) ? { type: "reset", stream, code: a, message: b } : undefined;
    default:
      return undefined;
  }
}

/** A stream's number: any safe integer but zero. */
export function isStream(value: unknown): value is number {
  return Number.isSafeInteger(value) && value !== 0;
}
