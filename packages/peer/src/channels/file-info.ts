import { isRecord, parseJson } from "@peerloom/protocol";
import type { FileContent } from "./content-source.ts";
import type { OpenFrame } from "./frames.ts";
import type { SendFileOptions } from "./options.ts";
import { LANE } from "./wire.ts";

/** What a sender says about a file. */
export interface FileInfo {
  readonly name: string;
  /** Its media type, or empty. */
  readonly type: string;
  /** Bytes; undefined when the sender does not know. */
  readonly size: number | undefined;
  /** Milliseconds since 1970, when the sender knows. */
  readonly lastModified: number | undefined;
  /** Whatever the sender added: JSON. */
  readonly metadata: unknown;
}

/** A `File` when it has a name, else a `Blob`. */
export function toBlob(parts: BlobPart[], { name, type, lastModified }: Pick<FileInfo, "name" | "type" | "lastModified">): Blob {
  if (name === "" || typeof File !== "function") return new Blob(parts, { type });
  return new File(parts, name, lastModified === undefined ? { type } : { type, lastModified });
}

/** Reads what a lane's opening says about a file; undefined when it is malformed. */
export function parseFileInfo({ metadata, total, kind }: OpenFrame): FileInfo | undefined {
  const raw = metadata === "" ? {} : parseJson(metadata);
  if (!isRecord(raw)) return undefined;
  const { name = "", type = "", lastModified, metadata: own } = raw;
  if (typeof name !== "string" || typeof type !== "string") return undefined;
  if (lastModified !== undefined && typeof lastModified !== "number") return undefined;
  return { name, type, size: total, lastModified, metadata: kind === LANE.file ? own : undefined };
}

/** What is said about a file or a blob on the wire. */
export function fileInfoText(info: { readonly [K in keyof FileInfo]?: FileInfo[K] }): string {
  const { name, type, lastModified, metadata } = info;
  return JSON.stringify({ name: name || undefined, type: type || undefined, lastModified, metadata });
}

/** What is known of a content, unless its sender says otherwise. */
export function describeContent(content: FileContent, { name, type, size }: SendFileOptions): Omit<FileInfo, "metadata"> {
  const blob = content instanceof Blob ? content : undefined;
  const file = typeof File === "function" && content instanceof File ? content : undefined;
  return { name: name ?? file?.name ?? "", type: type ?? blob?.type ?? "", size: blob?.size ?? size, lastModified: file?.lastModified };
}
