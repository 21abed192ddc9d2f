import type { WireError } from "@peerloom/core";
import { parseJson, parseWireError } from "@peerloom/protocol";
import type { ByteReader } from "./byte-reader.ts";
import { readValue } from "./values.ts";
import { FRAME } from "./wire.ts";

/** A frame that opens a lane. */
export interface OpenFrame {
  readonly lane: number;
  /** The kind of frame it carries, or `LANE.file` or `LANE.stream`. */
  readonly kind: number;
  /** The number of the request it carries or answers; 0 for all else. */
  readonly id: number;
  /** Bytes of its content; undefined when nobody knows yet. */
  readonly total: number | undefined;
  /** JSON, or empty. */
  readonly metadata: string;
}

/** Takes frames. Each returns what is wrong with its frame, if anything is. */
export interface FrameHandlers {
  message(value: unknown): void;
  request(id: number, value: unknown): string | undefined;
  response(id: number, value: unknown): string | undefined;
  failure(id: number, error: WireError): string | undefined;
  cancel(id: number): void;
  open(frame: OpenFrame): string | undefined;
  chunk(lane: number, bytes: Uint8Array<ArrayBuffer>): string | undefined;
  end(lane: number): string | undefined;
  abort(lane: number, error: WireError): string | undefined;
  stop(lane: number, error: WireError): string | undefined;
  credit(lane: number, bytes: number): string | undefined;
}

/** Hands the frames of a packet on, one after the other. @returns what is wrong with the first that is malformed. */
export function readFrames(reader: ByteReader, handlers: FrameHandlers): string | undefined {
  while (!reader.isDone) {
    const wrong = readFrame(reader.byte(), reader, handlers);
    if (wrong !== undefined) return wrong;
  }
  return reader.isBroken ? "a frame that is cut off" : undefined;
}

function readFrame(kind: number, reader: ByteReader, handlers: FrameHandlers): string | undefined {
  if (kind >= FRAME.message && kind < FRAME.failure) return readValueFrame(kind, reader, handlers);
  switch (kind) {
    case FRAME.chunk: {
      const lane = reader.uint();
      const bytes = reader.bytes();
      return reader.isBroken ? cut : handlers.chunk(lane, bytes);
    }
    case FRAME.open:
      return readOpen(reader, handlers);
    case FRAME.end:
    case FRAME.cancel: {
      const number = reader.uint();
      if (reader.isBroken) return cut;
      if (kind === FRAME.end) return handlers.end(number);
      handlers.cancel(number);
      return undefined;
    }
    case FRAME.credit: {
      const lane = reader.uint();
      const bytes = reader.uint();
      return reader.isBroken ? cut : handlers.credit(lane, bytes);
    }
    case FRAME.failure:
    case FRAME.abort:
    case FRAME.stop:
      return readErrorFrame(kind, reader, handlers);
    default:
      return `a frame of kind ${kind}`;
  }
}

const cut = "a frame that is cut off";

function readValueFrame(kind: number, reader: ByteReader, handlers: FrameHandlers): string | undefined {
  const what = kind & 0xf0;
  const id = what === FRAME.message ? 0 : reader.uint();
  const value = readValue(kind & 0x0f, reader);
  if (value === undefined || reader.isBroken) return "a value that is malformed";
  if (what === FRAME.message) {
    handlers.message(value.is);
    return undefined;
  }
  return what === FRAME.request ? handlers.request(id, value.is) : handlers.response(id, value.is);
}

function readOpen(reader: ByteReader, handlers: FrameHandlers): string | undefined {
  const lane = reader.uint();
  const kind = reader.uint();
  const id = reader.uint();
  const size = reader.uint();
  const metadata = reader.text();
  if (reader.isBroken) return cut;
  return handlers.open({ lane, kind, id, total: size === 0 ? undefined : size - 1, metadata });
}

function readErrorFrame(
  kind: typeof FRAME.failure | typeof FRAME.abort | typeof FRAME.stop,
  reader: ByteReader,
  handlers: FrameHandlers,
): string | undefined {
  const number = reader.uint();
  const error = parseWireError(parseJson(reader.text()));
  if (reader.isBroken || error === undefined) return "an error that is malformed";
  if (kind === FRAME.failure) return handlers.failure(number, error);
  return kind === FRAME.abort ? handlers.abort(number, error) : handlers.stop(number, error);
}
