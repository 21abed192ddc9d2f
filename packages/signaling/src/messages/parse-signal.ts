import {
  isListOf,
  isMetadata,
  isText,
  isUint,
  metadataBytes,
  parseJson,
  parseShape,
  type Guard,
  type Metadata,
  type Shape,
} from "@peerloom/protocol";
import { SIGNAL } from "./limits.ts";
import type { Candidate, PairSignal, RoomSignal, Signal } from "./signal.ts";

type Of<T extends Signal["type"]> = Omit<Extract<Signal, { readonly type: T }>, "type">;

const metadata = { optional: (value: unknown): value is Metadata => isMetadata(value) && metadataBytes(value) <= SIGNAL.maxMetadataBytes };
const sdp = isText(SIGNAL.maxSdpLength);
const orNull =
  <T>(guard: Guard<T>): Guard<T | null> =>
  (value): value is T | null =>
    value === null || guard(value);

const candidate: Shape<Candidate> = {
  candidate: isText(SIGNAL.maxCandidateLength),
  sdpMid: { optional: orNull(isText(256)) },
  sdpMLineIndex: { optional: orNull((value): value is number => isUint(value) && value < 65_536) },
  usernameFragment: { optional: orNull(isText(256)) },
};
const isCandidate = (value: unknown): value is Candidate => parseShape(value, candidate) !== undefined;

const shapes: { readonly [T in Signal["type"]]: Shape<Of<T>> } = {
  announce: { metadata },
  leave: {},
  greet: {},
  introduce: { metadata },
  offer: { sdp, metadata },
  answer: { sdp, metadata },
  candidate: { candidates: isListOf(isCandidate, SIGNAL.maxCandidates) },
  refuse: { code: isText(SIGNAL.maxCodeLength), message: isText(SIGNAL.maxMessageLength) },
};

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Checks what came from a wire; undefined when it is malformed or too large. Never throws. */
export function parseSignal(bytes: Uint8Array): Signal | undefined {
  const value = parseJson(decode(bytes) ?? "");
  const type: unknown = typeof value === "object" && value !== null && "type" in value ? value.type : undefined;
  if (typeof type !== "string" || !Object.hasOwn(shapes, type)) return undefined;
  const fields = parseShape<object>(value, shapes[type as Signal["type"]] as Shape<object>);
  if (fields === undefined) return undefined;
  const signal = { type, ...fields } as Signal;
  // Their unknown fields were looked at, but not left out yet.
  return signal.type === "candidate" ? { type: "candidate", candidates: signal.candidates.map(copyCandidate) } : signal;
}

/** The bytes of a signal, not sealed. */
export function encodeSignal(signal: Signal): Uint8Array<ArrayBuffer> {
  return encoder.encode(JSON.stringify(signal));
}

/** Is it for everyone in the room? */
export function isRoomSignal(signal: Signal): signal is RoomSignal {
  return signal.type === "announce" || signal.type === "leave";
}

/** Is it for one peer? */
export function isPairSignal(signal: Signal): signal is PairSignal {
  return !isRoomSignal(signal);
}

/** The text of UTF-8 bytes; undefined when they are none, or more than any signal has. */
export function decode(bytes: Uint8Array): string | undefined {
  if (bytes.byteLength > SIGNAL.maxBytes) return undefined;
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function copyCandidate(value: Candidate): Candidate {
  return parseShape(value, candidate) as Candidate;
}
