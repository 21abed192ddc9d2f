import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";

/** One encoded frame. */
export interface Frame {
  readonly kind: "audio" | "video";
  /** As WebM names it: `V_VP8`, `A_OPUS`. */
  readonly codec: string;
  /** Milliseconds from the beginning. */
  readonly atMs: number;
  readonly isKey: boolean;
  readonly data: Uint8Array;
}

/** Elements that are walked into; the walk is flat, so that sizes that were never written do not matter. */
const containers = new Set([0x18538067, 0x1549a966, 0x1654ae6b, 0xae, 0x1f43b675, 0xa0]);
const ids = {
  timecodeScale: 0x2ad7b1,
  trackNumber: 0xd7,
  trackType: 0x83,
  codec: 0x86,
  trackEntry: 0xae,
  time: 0xe7,
  simpleBlock: 0xa3,
  block: 0xa1,
};
const maxFrameBytes = 16 * 1024 * 1024;

interface Track {
  number: number;
  type: number;
  codec: string;
}

/**
 * The frames of a WebM file in its order, one at a time in memory. Ends at the end of the file, also of one that was cut off.
 *
 * @throws RangeError when a frame has more than 16 MiB
 */
export async function* webmFrames(path: string): AsyncGenerator<Frame, void, undefined> {
  await using file = await open(path);
  const tracks: Track[] = [];
  let scale = 1_000_000;
  let clusterTime = 0;
  for (let at = 0; ;) {
    const head = await header(file, at);
    if (head === undefined) return;
    const { id, size, start } = head;
    if (id === ids.trackEntry) tracks.push({ number: 0, type: 0, codec: "" });
    if (containers.has(id)) {
      at = start;
      continue;
    }
    if (size === undefined || start + size > Number.MAX_SAFE_INTEGER) return;
    at = start + size;
    const track = tracks.at(-1);
    if (id === ids.timecodeScale) scale = await number(file, start, size);
    else if (id === ids.time) clusterTime = await number(file, start, size);
    else if (id === ids.trackNumber && track) track.number = await number(file, start, size);
    else if (id === ids.trackType && track) track.type = await number(file, start, size);
    else if (id === ids.codec && track) track.codec = (await bytes(file, start, Math.min(size, 64)))?.toString("latin1") ?? "";
    else if (id === ids.simpleBlock || id === ids.block) {
      if (size > maxFrameBytes) throw new RangeError(`a frame of ${size} bytes is over the limit of ${maxFrameBytes}`);
      const block = await bytes(file, start, size);
      if (block === undefined) return;
      const own = vint(block, 0);
      const source = tracks.find(({ number: known }) => known === own?.value);
      const hasHead = own !== undefined && block.length >= own.length + 3;
      if (!hasHead || !source || (source.type !== 1 && source.type !== 2)) continue;
      const kind = source.type === 1 ? "video" : "audio";
      const data = block.subarray(own.length + 3);
      const isKey = kind === "audio" || isKeyFrame(source.codec, data, block[own.length + 2] ?? 0);
      yield { kind, codec: source.codec, atMs: ((clusterTime + block.readInt16BE(own.length)) * scale) / 1_000_000, isKey, data };
    }
  }
}

/** VP8 says it in its first bit; blocks outside of groups have a flag. */
function isKeyFrame(codec: string, data: Uint8Array, flags: number): boolean {
  return codec === "V_VP8" ? ((data[0] ?? 1) & 1) === 0 : (flags & 0x80) !== 0;
}

async function header(file: FileHandle, at: number): Promise<{ id: number; size: number | undefined; start: number } | undefined> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(12), 0, 12, at);
  const head = buffer.subarray(0, bytesRead);
  const idLength = head[0] ? Math.clz32(head[0]) - 23 : 0;
  if (idLength < 1 || idLength > 4 || head.length <= idLength) return undefined;
  const size = vint(head, idLength);
  if (size === undefined) return undefined;
  return { id: head.readUIntBE(0, idLength), size: size.value, start: at + idLength + size.length };
}

/** A number of variable length; all ones say that it is not known. */
function vint(data: Buffer, at: number): { value: number | undefined; length: number } | undefined {
  const first = data[at] ?? 0;
  const length = Math.clz32(first) - 23;
  if (first === 0 || data.length < at + length) return undefined;
  let value = first & (0xff >> length);
  let isUnknown = value === 0xff >> length;
  for (const byte of data.subarray(at + 1, at + length)) {
    value = value * 256 + byte;
    isUnknown &&= byte === 0xff;
  }
  return { value: isUnknown ? undefined : value, length };
}

async function bytes(file: FileHandle, at: number, size: number): Promise<Buffer | undefined> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, at);
  return bytesRead === size ? buffer : undefined;
}

async function number(file: FileHandle, at: number, size: number): Promise<number> {
  const read = size >= 1 && size <= 6 ? await bytes(file, at, size) : undefined;
  return read?.readUIntBE(0, size) ?? 0;
}
