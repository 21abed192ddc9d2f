import { keyOfEntry, type Entry } from "./line.ts";

/** Some entries that are drawn together, or not at all. The same object for as long as nothing in it changes. */
export interface Chunk {
  readonly key: string;
  readonly entries: readonly Entry[];
  /** What stands above. */
  readonly before: Entry | undefined;
}

/** Entries in one chunk. */
export const chunkSize = 40;

/**
 * Cuts the entries of a conversation into chunks, and keeps those of `last` that are still true: a line that is added, or put before
 * all others, or changed, makes few chunks new.
 */
export function cut(last: readonly Chunk[], entries: readonly Entry[]): Chunk[] {
  const chunks: Chunk[] = [];
  let at = prepended(last, entries);
  // What was put before the others is cut from its end, so that the cuts stay where they are when still more is put before it.
  for (let begin = 0; begin < at;) {
    const end = begin + (at - begin) - Math.floor((at - begin - 1) / chunkSize) * chunkSize;
    chunks.push(makeChunk(entries, begin, end, undefined));
    begin = end;
  }
  for (const [known, length] of at > 0 ? lengths(last) : withoutDropped(last, entries)) {
    if (at >= entries.length) break;
    const end = Math.min(entries.length, at + (known === last.at(-1) ? Math.max(length, chunkSize) : length));
    chunks.push(makeChunk(entries, at, end, known));
    at = end;
  }
  for (; at < entries.length; at += chunkSize) chunks.push(makeChunk(entries, at, Math.min(entries.length, at + chunkSize), undefined));
  return chunks;
}

/** How many entries stand before what was the first one; 0 when it is gone. */
function prepended([first]: readonly Chunk[], entries: readonly Entry[]): number {
  const [old] = first?.entries ?? [];
  if (old === undefined || old === entries[0]) return 0;
  const key = keyOfEntry(old);
  return Math.max(
    0,
    entries.findIndex((entry) => entry === old || keyOfEntry(entry) === key),
  );
}

type Length = readonly [known: Chunk, length: number];

function lengths(chunks: readonly Chunk[]): Length[] {
  return chunks.map((chunk) => [chunk, chunk.entries.length]);
}

/** What is left of the chunks when entries were dropped at the beginning. */
function withoutDropped(last: readonly Chunk[], [first]: readonly Entry[]): Length[] {
  if (first === undefined) return [];
  for (const [n, chunk] of last.entries()) {
    const dropped = chunk.entries.indexOf(first);
    if (dropped >= 0) return [[chunk, chunk.entries.length - dropped], ...lengths(last.slice(n + 1))];
  }
  return lengths(last);
}

function makeChunk(entries: readonly Entry[], begin: number, end: number, known: Chunk | undefined): Chunk {
  const before = entries[begin - 1];
  const isSame =
    known?.before === before && known?.entries.length === end - begin && known.entries.every((entry, n) => entry === entries[begin + n]);
  if (isSame) return known;
  const own = entries.slice(begin, end);
  const [first] = own;
  return { key: known?.key ?? (first === undefined ? "" : keyOfEntry(first)), entries: own, before };
}
