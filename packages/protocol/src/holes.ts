import { fromBase64 } from "./base64.ts";
import { WIRE } from "./limits.ts";
import { isUint } from "./shape.ts";

const numbers: ReadonlyMap<unknown, number> = new Map([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  ["-0", -0],
]);

/**
 * Puts the values of `holes`, which came from a wire, into freshly parsed `values`.
 *
 * @returns false when a hole is malformed: a path that leads nowhere, or not to a `0`, or to a binary that is not there.
 */
export function fillHoles(values: unknown[], holes: unknown, parts: readonly Uint8Array[]): boolean {
  if (!Array.isArray(holes) || holes.length > WIRE.maxHoles) return false;
  return holes.every((hole: unknown) => {
    if (!Array.isArray(hole) || hole.length > 4) return false;
    const value = holeValue(hole, parts);
    return value !== undefined && place(values, hole[0], value.is);
  });
}

function holeValue(hole: readonly unknown[], parts: readonly Uint8Array[]): { readonly is: unknown } | undefined {
  const [, kind, content, flag] = hole;
  if (flag !== undefined && flag !== 1) return undefined;
  if (kind === "u") return { is: undefined };
  if (kind === "n") return numbers.has(content) ? { is: numbers.get(content) } : undefined;
  const bytes =
    kind === "s" && typeof content === "string" ? fromBase64(content) : kind === "b" && isUint(content) ? parts[content] : undefined;
  if (bytes === undefined) return undefined;
  return { is: flag === 1 ? bytes.slice().buffer : bytes };
}

function place(values: unknown[], path: unknown, value: unknown): boolean {
  if (!Array.isArray(path) || path.length === 0) return false;
  let container: unknown = values;
  for (const key of path.slice(0, -1) as unknown[]) container = child(container, key);
  const last: unknown = path.at(-1);
  if (child(container, last) !== 0) return false;
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
