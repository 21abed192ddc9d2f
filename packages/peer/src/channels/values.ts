import { encodeValues, isFilled, parseJson } from "@peerloom/protocol";
import { BufferPool } from "./buffer-pool.ts";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { VALUE, type ValueType } from "./wire.ts";

/** A value ready for a frame: a text, or bytes that are the caller's own. */
export type EncodedValue =
  | { readonly type: typeof VALUE.text | typeof VALUE.json; readonly content: string }
  | { readonly type: typeof VALUE.bytes | typeof VALUE.mixed; readonly content: Uint8Array };

/**
 * Encodes a string, bytes, or JSON with bytes at any depth.
 *
 * @throws TypeError naming what cannot be carried: functions, symbols, BigInt, class instances, cycles.
 */
export function encodeValue(value: unknown): EncodedValue {
  if (typeof value === "string") return { type: VALUE.text, content: value };
  if (value instanceof Uint8Array) return { type: VALUE.bytes, content: value };
  if (value instanceof ArrayBuffer) return { type: VALUE.bytes, content: new Uint8Array(value) };
  const { json, holes, parts } = encodeValues([value]);
  if (holes.length === 0) return { type: VALUE.json, content: json.slice(1, -1) };
  return { type: VALUE.mixed, content: joinMixed(`[${json},${JSON.stringify(holes)}]`, parts) };
}

/** The content of a value as bytes. */
export function contentBytes({ content }: EncodedValue): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

/**
 * Reads a value whose length stands before it. What is returned shares no memory with anything else.
 *
 * @returns undefined when it is malformed.
 */
export function readValue(type: number, reader: ByteReader): { readonly is: unknown } | undefined {
  switch (type) {
    case VALUE.text:
      return { is: reader.text() };
    case VALUE.json:
      return parsedJson(reader.text());
    case VALUE.bytes:
      return { is: own(reader.bytes()) };
    case VALUE.mixed:
      return readMixed(reader.bytes());
    default:
      return undefined;
  }
}

/** Reads a value from bytes that are nobody else's. */
export function decodeValue(type: ValueType, content: Uint8Array<ArrayBuffer>): { readonly is: unknown } | undefined {
  if (type === VALUE.bytes) return { is: content };
  if (type === VALUE.mixed) return readMixed(content);
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
    return type === VALUE.text ? { is: text } : type === VALUE.json ? parsedJson(text) : undefined;
  } catch {
    return undefined;
  }
}

/** @returns undefined when it is no JSON. */
export function parsedJson(json: string): { readonly is: unknown } | undefined {
  const value = parseJson(json);
  return value === undefined ? undefined : { is: value };
}

/** Most of a packet keeps the packet; what is less is copied, so that it does not keep what it has no part in. */
function own(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return bytes.length * 2 > bytes.buffer.byteLength ? bytes : bytes.slice();
}

/** The JSON with its holes, then how many binaries there are, then each with its length. */
function joinMixed(json: string, parts: readonly Uint8Array[]): Uint8Array {
  const bytes = parts.reduce((sum, part) => sum + part.length + 10, json.length * 3 + 20);
  const writer = new ByteWriter(new BufferPool(bytes, 0), bytes, 0);
  writer.reserve(bytes);
  writer.text(json);
  writer.uint(parts.length);
  for (const part of parts) {
    writer.uint(part.length);
    writer.bytes(part);
  }
  return writer.take(0);
}

function readMixed(bytes: Uint8Array<ArrayBuffer>): { readonly is: unknown } | undefined {
  const reader = new ByteReader(bytes);
  const raw = parseJson(reader.text());
  const count = reader.uint();
  const parts: Uint8Array[] = [];
  // Each binary takes a byte at least, so what is there bounds the loop.
  for (let index = 0; index < count && !reader.isBroken; index++) parts.push(reader.bytes().slice());
  if (reader.isBroken || !reader.isDone || !Array.isArray(raw) || raw.length !== 2) return undefined;
  const [values, holes]: unknown[] = raw;
  return isFilled(values, holes, parts) && values.length === 1 ? { is: values[0] } : undefined;
}
