/** What JSON lacks, as `vectors.json` writes it. */
interface Tag {
  readonly $: "undefined" | "number" | "bytes";
  readonly is?: string;
  readonly byte?: number;
  readonly times?: number;
  readonly buffer?: boolean;
}

/** The value a vector stands for. */
export function untag(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(untag);
  if (!("$" in value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, untag(item)]));
  const { $, is = "", byte, times, buffer } = value as Tag;
  if ($ === "undefined") return undefined;
  if ($ === "number") return Number(is);
  const bytes = byte === undefined ? Uint8Array.from(Buffer.from(is, "base64")) : new Uint8Array(times ?? 0).fill(byte);
  return buffer ? bytes.buffer : bytes;
}
