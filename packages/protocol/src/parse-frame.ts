import { KIND } from "./frame.ts";
import { fillHoles } from "./holes.ts";
import { isUint } from "./shape.ts";

/** A frame that came from a wire, checked. */
export type Frame =
  | { readonly type: "event"; readonly name: string; readonly args: unknown[] }
  | { readonly type: "request"; readonly id: number; readonly name: string; readonly args: unknown[] }
  | { readonly type: "response"; readonly id: number; readonly value: unknown }
  | { readonly type: "failure"; readonly id: number; readonly code: string; readonly message: string }
  | { readonly type: "cancel"; readonly id: number }
  | { readonly type: "textPart"; readonly text: string }
  | { readonly type: "binaryPart"; readonly bytes: Uint8Array }
  | { readonly type: "whole"; readonly lengths: readonly number[] };

const maxErrorLength = 2048;

/**
 * Checks one frame of a parsed packet; `parts` are its packet's attachments (none but the last frame has any).
 * Takes over `raw`'s arrays. Names are only checked to be strings: who looks them up knows which exist.
 *
 * @returns undefined when it is malformed.
 */
export function parseFrame(raw: unknown, parts: readonly Uint8Array[]): Frame | undefined {
  if (!Array.isArray(raw)) return undefined;
  const [kind, a, b, c, d]: unknown[] = raw;
  switch (kind) {
    case KIND.event:
      return typeof a === "string" && filled(b, c, parts) ? { type: "event", name: a, args: b } : undefined;
    case KIND.request:
      return isUint(a) && typeof b === "string" && filled(c, d, parts) ? { type: "request", id: a, name: b, args: c } : undefined;
    case KIND.response:
      return isUint(a) && filled(b, c, parts) && b.length <= 1 ? { type: "response", id: a, value: b[0] } : undefined;
    case KIND.failure:
      return isUint(a) && isShort(b) && isShort(c) ? { type: "failure", id: a, code: b, message: c } : undefined;
    case KIND.cancel:
      return isUint(a) ? { type: "cancel", id: a } : undefined;
    case KIND.textPart:
      return typeof a === "string" ? { type: "textPart", text: a } : undefined;
    case KIND.binaryPart:
      return parts.length === 1 && parts[0] !== undefined ? { type: "binaryPart", bytes: parts[0] } : undefined;
    case KIND.whole:
      return Array.isArray(a) && a.every(isUint) ? { type: "whole", lengths: a } : undefined;
    default:
      return undefined;
  }
}

function filled(values: unknown, holes: unknown, parts: readonly Uint8Array[]): values is unknown[] {
  return Array.isArray(values) && (holes === undefined ? parts.length === 0 : fillHoles(values, holes, parts));
}

function isShort(value: unknown): value is string {
  return typeof value === "string" && value.length <= maxErrorLength;
}
