import { utf8Length } from "./text.ts";

const maxDepth = 32;

/** What a client tells others about itself: a JSON value. */
export type Metadata = null | boolean | number | string | readonly Metadata[] | { readonly [key: string]: Metadata };

/** A JSON value without `__proto__` keys, at most 32 deep; its size is checked apart, by `metadataBytes`. */
export function isMetadata(value: unknown, depth: number = maxDepth): value is Metadata {
  if (value === null || typeof value === "boolean" || typeof value === "string") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || depth === 0) return false;
  // `Array.from`, because `every` would pass over the holes of a sparse array.
  if (Array.isArray(value)) return Array.from(value as unknown[]).every((item) => isMetadata(item, depth - 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.entries(value).every(([key, item]) => key !== "__proto__" && isMetadata(item, depth - 1));
}

/** Serialised size in UTF-8 bytes. */
export function metadataBytes(metadata: Metadata | undefined): number {
  return metadata === undefined ? 0 : utf8Length(JSON.stringify(metadata));
}

/** Checks metadata given by the application. @throws TypeError when it is no JSON value. */
export function checkMetadata(value: unknown): Metadata | undefined {
  if (value === undefined || isMetadata(value)) return value;
  throw new TypeError("metadata must be a JSON value: null, booleans, finite numbers, strings, arrays and plain objects, at most 32 deep");
}
