import {
  isListOf,
  isMetadata,
  isName,
  isOneOf,
  isText,
  isUint,
  metadataBytes,
  parseJson,
  parseShape,
  type Guard,
  type Metadata,
  type Optional,
  type Shape,
} from "@peerloom/protocol";
import { CONTROL } from "../limits.ts";

/** A track that the sender of a list publishes. `mid` is absent while it is not negotiated. */
export interface TrackInfo {
  readonly id: string;
  readonly kind: "audio" | "video";
  readonly mid?: string | undefined;
  readonly isMuted: boolean;
}

/** A stream that the sender of a list publishes. */
export interface StreamInfo {
  readonly label: string;
  readonly metadata?: Metadata | undefined;
  readonly tracks: readonly TrackInfo[];
}

/** A user's channel. */
export interface ChannelInfo {
  /** `<a or b><number>`: which side opened it, and its how many-th. */
  readonly id: string;
  readonly label: string;
  readonly metadata?: Metadata | undefined;
  readonly ordered?: boolean | undefined;
  readonly maxRetransmits?: number | undefined;
  readonly maxPacketLifeTime?: number | undefined;
  readonly protocol?: string | undefined;
}

/** What two connected peers say to each other beside their users' data. docs/peer.md is its normative text. */
export type ControlMessage =
  | { readonly type: "offer"; readonly offer: number; readonly sdp: string; readonly streams: readonly StreamInfo[] }
  | { readonly type: "answer"; readonly offer: number; readonly sdp: string }
  | { readonly type: "reject"; readonly offer: number }
  | { readonly type: "turn"; readonly what: "ask" | "grant" | "pass" }
  | { readonly type: "candidates"; readonly candidates: readonly RTCIceCandidateInit[] }
  | { readonly type: "streams"; readonly streams: readonly StreamInfo[] }
  | { readonly type: "unwanted"; readonly isAll: boolean; readonly labels: readonly string[] }
  | { readonly type: "metadata"; readonly metadata?: Metadata | undefined }
  | ({ readonly type: "channel" } & ChannelInfo)
  | { readonly type: "channel-close"; readonly id: string }
  | { readonly type: "ping"; readonly ping: number }
  | { readonly type: "pong"; readonly ping: number }
  | { readonly type: "bye" };

/** What is said about the pair, not about its connection. */
export type PairMessage = Extract<ControlMessage, { readonly type: "unwanted" | "metadata" | "channel" | "channel-close" | "bye" }>;

/** What the heartbeat says. */
export type PulseMessage = Extract<ControlMessage, { readonly type: "ping" | "pong" }>;

type Of<T extends ControlMessage["type"]> = Omit<Extract<ControlMessage, { readonly type: T }>, "type">;

const metadata: Optional<Metadata> = {
  optional: (value): value is Metadata => isMetadata(value) && metadataBytes(value) <= CONTROL.maxMetadataBytes,
};
const isFlag = (value: unknown): value is boolean => typeof value === "boolean";
const isU16 = (value: unknown): value is number => isUint(value) && value <= 65_535;
const isLabel = isName;
const isChannelId = (value: unknown): value is string => typeof value === "string" && /^[ab][1-9][0-9]{0,14}$/.test(value);
const orNull =
  <T>(guard: Guard<T>): Guard<T | null> =>
  (value): value is T | null =>
    value === null || guard(value);
const isA =
  <T>(shape: Shape<T>): Guard<T> =>
  (value): value is T =>
    parseShape(value, shape) !== undefined;

const track: Shape<TrackInfo> = {
  id: isText(256),
  kind: isOneOf("audio", "video"),
  mid: { optional: isText(64) },
  isMuted: isFlag,
};
const stream: Shape<StreamInfo> = { label: isLabel, metadata, tracks: isListOf(isA(track), CONTROL.maxTracks) };
const candidate: Shape<RTCIceCandidateInit> = {
  candidate: { optional: isText(1024) },
  sdpMid: { optional: orNull(isText(64)) },
  sdpMLineIndex: { optional: orNull(isU16) },
  usernameFragment: { optional: orNull(isText(256)) },
};
const isCandidateList = isListOf(isA(candidate), 64);
const streams = isListOf(isA(stream), CONTROL.maxStreams);

const shapes: { readonly [T in ControlMessage["type"]]: Shape<Of<T>> } = {
  offer: { offer: isUint, sdp: isText(CONTROL.maxSdpLength), streams },
  answer: { offer: isUint, sdp: isText(CONTROL.maxSdpLength) },
  reject: { offer: isUint },
  turn: { what: isOneOf("ask", "grant", "pass") },
  candidates: { candidates: isCandidateList },
  streams: { streams },
  unwanted: { isAll: isFlag, labels: isListOf(isLabel, CONTROL.maxUnwanted) },
  metadata: { metadata },
  channel: {
    id: isChannelId,
    label: isLabel,
    metadata,
    ordered: { optional: isFlag },
    maxRetransmits: { optional: isU16 },
    maxPacketLifeTime: { optional: isU16 },
    protocol: { optional: isText(256) },
  },
  "channel-close": { id: isChannelId },
  ping: { ping: isUint },
  pong: { ping: isUint },
  bye: {},
};

/** Checks a text that came over the control channel; undefined when it is malformed or too large. Never throws. */
export function parseControl(text: string): ControlMessage | undefined {
  const value = parseJson(text);
  const type: unknown = typeof value === "object" && value !== null && "type" in value ? value.type : undefined;
  if (typeof type !== "string" || !Object.hasOwn(shapes, type)) return undefined;
  const fields = parseShape<object>(value, shapes[type as ControlMessage["type"]] as Shape<object>);
  if (fields === undefined) return undefined;
  const message = { type, ...fields } as ControlMessage;
  // Unknown fields of what is nested were looked at, but not left out yet.
  if (message.type === "offer" || message.type === "streams") return { ...message, streams: message.streams.map(copyStream) };
  if (message.type === "candidates") return { type: "candidates", candidates: parseCandidates(message.candidates) ?? [] };
  return message;
}

/** Checks candidates that came from elsewhere, and copies their known fields; undefined when they are malformed or too many. */
export function parseCandidates(value: unknown): RTCIceCandidateInit[] | undefined {
  return isCandidateList(value) ? value.map((one) => parseShape(one, candidate) ?? {}) : undefined;
}

export function encodeControl(message: ControlMessage): string {
  return JSON.stringify(message);
}

function copyStream(value: StreamInfo): StreamInfo {
  return { ...(parseShape(value, stream) as StreamInfo), tracks: value.tracks.map((one) => parseShape(one, track) as TrackInfo) };
}
