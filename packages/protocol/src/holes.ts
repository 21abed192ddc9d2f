import { fromBase64 } from "./base64.ts";
import { WIRE } from "./limits.ts";
import { isUint } from "./shape.ts";

const numbers: ReadonlyMap<unknown, number> = new Map([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  ["-0", -0],
]);

/** Characters of base64 that `WIRE.inlineBytes` take at most. */
const maxInlineLength = Math.ceil(WIRE.inlineBytes / 3) * 4;

/**
 * Puts the values of `holes`, which came from a wire, into freshly parsed `values`.
 *
 * @returns false when a hole is malformed: a path that leads nowhere, or not to a `0`, or a binary that is not there or used
 *   before; also when a binary is left over.
 */
export function fillHoles(values: unknown[], holes: unknown, parts: readonly Uint8Array[]): boolean {
  if (!Array.isArray(holes) || holes.length > WIRE.maxHoles) return false;
  // Each binary has one place: else a few holes could ask for many copies of a large one.
  const unused: (Uint8Array | undefined)[] = [...parts];
  const areFilled = holes.every((hole: unknown) => {
    const value = Array.isArray(hole) ? holeValue(hole, unused) : undefined;
    return value !== undefined && place(values, (hole as unknown[])[0], value.is);
  });
  return areFilled && unused.every((part) => part === undefined);
}

/** Are these values whose holes, if any, could be filled, and whose binaries are all used? */
export function isFilled(values: unknown, holes: unknown, parts: readonly Uint8Array[]): values is unknown[] {
  return Array.isArray(values) && (holes === undefined ? parts.length === 0 : fillHoles(values, holes, parts));
}

/** The value of `[path, kind, content, flag]`, where flag 1 stands for an `ArrayBuffer`. */
function holeValue(hole: readonly unknown[], unused: (Uint8Array | undefined)[]): { readonly is: unknown } | undefined {
  const [, kind, content, flag] = hole;
  if (kind === "u") return hole.length === 2 ? { is: undefined } : undefined;
  if (kind === "n") return hole.length === 3 && numbers.has(content) ? { is: numbers.get(content) } : undefined;
  if (hole.length !== 3 && !(hole.length === 4 && flag === 1)) return undefined;
  const bytes = kind === "s" ? inline(content) : kind === "b" ? take(unused, content) : undefined;
  return bytes && { is: flag === 1 ? bytes.slice().buffer : bytes };
}

function inline(content: unknown): Uint8Array | undefined {
  return typeof content === "string" && content.length <= maxInlineLength ? fromBase64(content) : undefined;
}

function take(unused: (Uint8Array | undefined)[], index: unknown): Uint8Array | undefined {
  if (!isUint(index)) return undefined;
  const bytes = unused[index];
  if (bytes !== undefined) unused[index] = undefined;
  return bytes;
}

function place(values: unknown[], path: unknown, value: unknown): boolean {
  if (!Array.isArray(path) || path.length === 0) return false;
  let container: unknown = values;
  for (const key of path.slice(0, -1) as unknown[]) container = child(container, key);
  const last: unknown = path.at(-1);
  // `Object.is`, because a hole that was filled with -0 is filled.
  if (!Object.is(child(container, last), 0)) return false;
  (container as Record<string | number, unknown>)[last as string | number] = value;
  return true;
}

/** The element of an array or the own property of an object; undefined when there is none. */
function child(container: unknown, key: unknown): unknown {
  if (Array.isArray(container)) return isUint(key) ? (container as unknown[])[key] : undefined;
  if (typeof container !== "object" || container === null || ArrayBuffer.isView(container) || container instanceof ArrayBuffer)
    return undefined;
  return typeof key === "string" && Object.hasOwn(container, key) ? (container as Record<string, unknown>)[key] : undefined;
}
