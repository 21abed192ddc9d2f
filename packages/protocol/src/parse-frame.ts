import { KIND } from "./frame.ts";
import { isFilled } from "./holes.ts";
import { WIRE } from "./limits.ts";
import { isListOf, isText, isUint } from "./shape.ts";
import { isStream, parseStreamFrame, type StreamFrame } from "./stream-frame.ts";

/** A frame that came from a wire, checked. */
export type Frame =
  | { readonly type: "event"; readonly name: string; readonly args: unknown[] }
  | { readonly type: "request"; readonly id: number; readonly name: string; readonly args: unknown[] }
  | { readonly type: "response"; readonly id: number; readonly value: unknown }
  | { readonly type: "failure"; readonly id: number; readonly code: string; readonly message: string }
  | { readonly type: "cancel"; readonly id: number }
  | PartFrame
  | StreamFrame;

/** A piece, or the end, of something too long for one packet. `stream` is 0 for messages, else the stream it belongs to. */
export type PartFrame =
  | { readonly type: "textPart"; readonly text: string; readonly stream: number }
  | { readonly type: "binaryPart"; readonly bytes: Uint8Array; readonly stream: number }
  | { readonly type: "whole"; readonly lengths: readonly number[]; readonly stream: number };

const isCode = isText(64);
const isMessage = isText(2048);
/** Each binary fills a hole, so there are no more of them. */
const isLengths = isListOf(isUint, WIRE.maxHoles);

/**
 * Checks one frame of a parsed packet; `parts` are its packet's attachments (none but the last frame has any).
 * Takes over `raw`'s arrays. Names are only checked to be strings: who looks them up knows which exist.
 *
 * @returns undefined when it is malformed: also when it has an element too many, or a binary that it does not use.
 */
export function parseFrame(raw: unknown, parts: readonly Uint8Array[]): Frame | undefined {
  if (!Array.isArray(raw)) return undefined;
  const [kind, a, b, c, d]: unknown[] = raw;
  /** Number of elements of a frame that has no binaries. */
  const plain = parts.length === 0 ? raw.length : undefined;
  switch (kind) {
    case KIND.event:
      return raw.length <= 4 && typeof a === "string" && isFilled(b, c, parts) ? { type: "event", name: a, args: b } : undefined;
    case KIND.request:
      return raw.length <= 5 && isUint(a) && typeof b === "string" && isFilled(c, d, parts)
        ? { type: "request", id: a, name: b, args: c }
        : undefined;
    case KIND.response:
      return raw.length <= 4 && isUint(a) && isFilled(b, c, parts) && b.length <= 1 ? { type: "response", id: a, value: b[0] } : undefined;
    case KIND.failure:
      return plain === 4 && isUint(a) && isCode(b) && isMessage(c) ? { type: "failure", id: a, code: b, message: c } : undefined;
    case KIND.cancel:
      return plain === 2 && isUint(a) ? { type: "cancel", id: a } : undefined;
    case KIND.textPart:
      return plain !== undefined && plain <= 3 && typeof a === "string" && a !== "" && isLane(b)
        ? { type: "textPart", text: a, stream: b ?? 0 }
        : undefined;
    case KIND.binaryPart:
      return raw.length <= 2 && parts.length === 1 && isFull(parts[0]) && isLane(a)
        ? { type: "binaryPart", bytes: parts[0], stream: a ?? 0 }
        : undefined;
    case KIND.whole:
      return plain !== undefined && plain <= 3 && isLengths(a) && isLane(b) ? { type: "whole", lengths: a, stream: b ?? 0 } : undefined;
    default:
      return parseStreamFrame(raw, parts);
  }
}

/** Messages' parts say nothing, a stream's its number. */
function isLane(value: unknown): value is number | undefined {
  return value === undefined || isStream(value);
}

function isFull(part: Uint8Array | undefined): part is Uint8Array {
  return part !== undefined && part.length > 0;
}
