import { parseJson } from "@peerloom/protocol";

/** Bytes before each frame: the lengths of its head and of its body. */
const prefixBytes = 8;

/** One frame of a message between nodes: a JSON head, and bytes that are not looked into. */
export interface NodeFrame {
  readonly head: unknown;
  readonly body: Buffer;
}

/** Parts from this size on are not copied. */
const largeBytes = 8192;

/** A frame as bytes, in one piece or more. Texts among the parts are written in UTF-8; large binaries stay as they are. */
export function encodeFrame(head: string, parts: readonly (string | Uint8Array)[] = [], bodyBytes = 0): Uint8Array[] {
  const large = parts.filter((part) => typeof part !== "string" && part.length >= largeBytes) as Uint8Array[];
  const headBytes = Buffer.byteLength(head);
  const copied = Buffer.allocUnsafe(prefixBytes + headBytes + bodyBytes - large.reduce((sum, { length }) => sum + length, 0));
  copied.writeUInt32BE(headBytes, 0);
  copied.writeUInt32BE(bodyBytes, 4);
  const pieces: Uint8Array[] = [];
  let [from, at] = [0, prefixBytes + copied.write(head, prefixBytes)];
  for (const part of parts) {
    if (typeof part === "string") at += copied.write(part, at);
    else if (part.length < largeBytes) {
      copied.set(part, at);
      at += part.length;
    } else {
      pieces.push(copied.subarray(from, at), part);
      from = at;
    }
  }
  return from === 0 ? [copied] : [...pieces, copied.subarray(from)];
}

/** Bytes of a frame's body. */
export function bodyBytes([first]: readonly Uint8Array[]): number {
  return first === undefined ? 0 : Buffer.from(first.buffer, first.byteOffset, first.byteLength).readUInt32BE(4);
}

/** The frames of a message; undefined when it has another form. */
export function decodeFrames(message: Buffer): NodeFrame[] | undefined {
  const frames: NodeFrame[] = [];
  let at = 0;
  while (at < message.length) {
    if (message.length - at < prefixBytes) return undefined;
    const headEnd = at + prefixBytes + message.readUInt32BE(at);
    const end = headEnd + message.readUInt32BE(at + 4);
    if (end > message.length) return undefined;
    const head = parseJson(message.toString("utf8", at + prefixBytes, headEnd));
    if (head === undefined) return undefined;
    frames.push({ head, body: message.subarray(headEnd, end) });
    at = end;
  }
  return frames;
}

/** A body cut into parts of these sizes; undefined when they do not fit it. */
export function cutBody(body: Buffer, sizes: readonly number[]): Buffer[] | undefined {
  const parts: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    if (at + size > body.length) return undefined;
    parts.push(body.subarray(at, (at += size)));
  }
  return at === body.length ? parts : undefined;
}
