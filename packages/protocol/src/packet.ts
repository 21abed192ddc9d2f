import { isDeeper, maxDepth } from "./depth.ts";
import { PROTOCOL_VERSION, WIRE } from "./limits.ts";
import { isSessionId } from "./names.ts";
import { isRecord, isText, isUint, parseShape, type Shape } from "./shape.ts";

/** What a packet may carry beside frames; docs/protocol.md section 3. */
export interface PacketExtension {
  /** Probe: the number of the sender's next new frame. */
  readonly h?: number | undefined;
  /** Echo of a probe. */
  readonly e?: number | undefined;
  /** Gaps: where frames are missing before ones that came early, `[from, to, from, to, …]`, the lowest first. */
  readonly g?: readonly number[] | undefined;
  /** Reset: why the session `destination` is dead. */
  readonly x?: string | undefined;
}

export interface PacketHeader {
  readonly source: string;
  readonly destination: string;
  readonly first: number;
  readonly ack: number;
  readonly extension: PacketExtension | undefined;
}

/** A packet that came from a wire: its header checked, its frames not yet. */
export interface ParsedPacket extends PacketHeader {
  readonly frames: readonly unknown[];
}

function isGaps(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length >= 2 && value.length <= WIRE.maxGaps * 2 && value.length % 2 === 0 && value.every(isUint);
}

const extension: Shape<PacketExtension> = {
  h: { optional: isUint },
  e: { optional: isUint },
  g: { optional: isGaps },
  x: { optional: isText(64) },
};

/** The text of a packet; `frames` are texts of encoded frames. */
export function encodePacket(header: PacketHeader, frames: readonly string[]): string {
  const { source, destination, first, ack } = header;
  const ext = header.extension === undefined ? "0" : JSON.stringify(header.extension);
  const head = `[${PROTOCOL_VERSION},"${source}","${destination}",${first},${ack},${ext}`;
  return frames.length === 0 ? `${head}]` : `${head},${frames.join(",")}]`;
}

/** Checks and opens a packet's text. @returns undefined when it is malformed, or of another version. */
export function parsePacket(text: string): ParsedPacket | undefined {
  const raw = parseJson(text);
  if (!Array.isArray(raw) || raw.length < 6) return undefined;
  const [version, source, destination, first, ack, ext]: unknown[] = raw;
  if (version !== PROTOCOL_VERSION || !isSessionId(source) || !isUint(first) || !isUint(ack)) return undefined;
  if (destination !== "" && !isSessionId(destination)) return undefined;
  const parsed = ext === 0 ? undefined : parseExtension(ext);
  if (ext !== 0 && parsed === undefined) return undefined;
  return { source, destination, first, ack, extension: parsed, frames: raw.slice(6) };
}

function parseExtension(value: unknown): PacketExtension | undefined {
  const isKnown = isRecord(value) && Object.keys(value).every((key) => Object.hasOwn(extension, key));
  return isKnown ? parseShape(value, extension) : undefined;
}

/**
 * `JSON.parse` of a text from a wire that refuses the key `__proto__`: `JSON.parse` makes it an own property, but the next
 * copy with `Object.assign` or `a[key] = b` would set a prototype. Texts without a trace of it, in any spelling, take the fast
 * path.
 *
 * @returns undefined when it is no JSON, has such a key or is nested too deep.
 */
export function parseJson(text: string): unknown {
  const isSuspicious = text.includes("__proto__") || (text.includes("\\u00") && escapedLetter.test(text));
  try {
    const json: unknown = isSuspicious ? JSON.parse(text, refuseProto) : JSON.parse(text);
    return isDeeper(json, maxDepth) ? undefined : json;
  } catch {
    return undefined;
  }
}

/** A letter of `__proto__` spelt as an escape; JSON has no other escapes for them. */
const escapedLetter = /\\u00(?:5[fF]|6[fF]|7[024])/;

function refuseProto(key: string, value: unknown): unknown {
  if (key === "__proto__") throw new SyntaxError("a key __proto__");
  return value;
}
