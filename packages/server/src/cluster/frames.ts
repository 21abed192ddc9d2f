import { parseJson } from "@peerloom/protocol";

/** Bytes before each frame: the lengths of its head and of its body. */
const prefixBytes = 8;

/** One frame of a message between nodes: a JSON head, and bytes that are not looked into. */
export interface NodeFrame {
  readonly head: unknown;
  readonly body: Buffer;
}

/** A frame as bytes. Texts among the parts are written in UTF-8. */
export function encodeFrame(head: string, parts: readonly (string | Uint8Array)[], bodyBytes: number): Buffer {
  const headBytes = Buffer.byteLength(head);
  const frame = Buffer.allocUnsafe(prefixBytes + headBytes + bodyBytes);
  frame.writeUInt32BE(headBytes, 0);
  frame.writeUInt32BE(bodyBytes, 4);
  let at = prefixBytes + frame.write(head, prefixBytes);
  for (const part of parts) {
    if (typeof part === "string") at += frame.write(part, at);
    else {
      frame.set(part, at);
      at += part.length;
    }
  }
  return frame;
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
