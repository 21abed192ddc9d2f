import { isInstance, isName, isRecord, isSessionId, isUint, parseJson, parseShape, type Shape } from "@peerloom/protocol";
import { SIGNAL } from "./limits.ts";
import { decode } from "./parse-signal.ts";

/** Version of the form of signaling; both peers must speak the same. */
export const SIGNALING_VERSION = 1;

/** What a peer that seals presents of itself. Whoever signed the message that carries it holds `sign`. */
export interface Card {
  /** The public key its identity signs with: base64url of 65 bytes, a point of P-256. */
  readonly sign: string;
  /** The public key of this stay, for agreement on keys; the same form. */
  readonly agree: string;
  /** When its stay began, by its own clock in milliseconds: what is older than something heard of it is a replay. */
  readonly since: number;
}

/** What stands in clear at the front of each message. */
export interface Head {
  readonly from: string;
  /** The random id of the sender's stay in the room. */
  readonly instance: string;
  /** Counts what its sender says in this session, or to the room: from 1, and up. */
  readonly n: number;
  /** The instance it is for. Absent in what is said to the room. */
  readonly to?: string | undefined;
  /** `<instance of the member that opened it>.<number>`. Absent in what is said to the room. */
  readonly session?: string | undefined;
  /** Of one that seals: in what is said to the room, and in the first message of a session. */
  readonly card?: Card | undefined;
}

/** A message of a driver taken apart; what stands in it is not checked yet. */
export interface Envelope {
  readonly head: Head;
  /** The bytes of the head: what is sealed is bound to them. */
  readonly headBytes: Uint8Array<ArrayBuffer>;
  readonly isSealed: boolean;
  /** A signal's bytes, or those bytes sealed. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** Everything before the signature. */
  readonly signedBytes: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer> | undefined;
}

/** Bytes of a signature: ECDSA on P-256. */
const signatureBytes = 64;

const keyForm = /^[A-Za-z0-9_-]{87}$/;
const isKey = (value: unknown): value is string => typeof value === "string" && keyForm.test(value);
const card: Shape<Card> = { sign: isKey, agree: isKey, since: isUint };
const shape: Shape<Head> = {
  from: isName,
  instance: isInstance,
  n: isUint,
  to: { optional: isInstance },
  session: { optional: isSessionId },
  card: { optional: (value): value is Card => parseShape(value, card) !== undefined },
};

const isSealedFlag = 1;
const isSignedFlag = 2;
const encoder = new TextEncoder();

/**
 * The bytes of a head and a body: version, flags, length of the head in two bytes, head, body. A signature of all of it is put behind by
 * `withSignature`.
 */
export function encodeEnvelope(
  headBytes: Uint8Array,
  body: Uint8Array,
  flags: { readonly isSealed: boolean; readonly isSigned: boolean },
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 + headBytes.byteLength + body.byteLength);
  bytes[0] = SIGNALING_VERSION;
  bytes[1] = (flags.isSealed ? isSealedFlag : 0) | (flags.isSigned ? isSignedFlag : 0);
  new DataView(bytes.buffer).setUint16(2, headBytes.byteLength);
  bytes.set(headBytes, 4);
  bytes.set(body, 4 + headBytes.byteLength);
  return bytes;
}

export function withSignature(bytes: Uint8Array, signature: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(bytes.byteLength + signature.byteLength);
  whole.set(bytes);
  whole.set(signature, bytes.byteLength);
  return whole;
}

export function encodeHead(head: Head): Uint8Array<ArrayBuffer> {
  return encoder.encode(JSON.stringify(head));
}

/** Takes a message of a driver apart; undefined when it is malformed, too large or of another version. Never throws. */
export function parseEnvelope(bytes: Uint8Array): Envelope | undefined {
  if (bytes.byteLength < 4 || bytes.byteLength > SIGNAL.maxBytes || versionOf(bytes) !== SIGNALING_VERSION) return undefined;
  const flags = bytes[1] ?? 0;
  if (flags > (isSealedFlag | isSignedFlag)) return undefined;
  // A copy: the driver may use its bytes again, and what is sealed or signed is looked at later.
  const own = new Uint8Array(bytes);
  const headEnd = 4 + new DataView(own.buffer).getUint16(2);
  const bodyEnd = own.byteLength - ((flags & isSignedFlag) === 0 ? 0 : signatureBytes);
  if (headEnd > bodyEnd || headEnd > 4 + SIGNAL.maxHeadBytes) return undefined;
  const headBytes = own.subarray(4, headEnd);
  const head = parseHead(headBytes);
  if (head === undefined) return undefined;
  return {
    head,
    headBytes,
    isSealed: (flags & isSealedFlag) !== 0,
    body: own.subarray(headEnd, bodyEnd),
    signedBytes: own.subarray(0, bodyEnd),
    signature: bodyEnd === own.byteLength ? undefined : own.subarray(bodyEnd),
  };
}

/** The version a message was written in, so that a mismatch can be named; undefined for no bytes at all. */
export function versionOf(bytes: Uint8Array): number | undefined {
  return bytes[0];
}

function parseHead(bytes: Uint8Array): Head | undefined {
  const value = parseJson(decode(bytes) ?? "");
  const head = isRecord(value) ? parseShape(value, shape) : undefined;
  if (head === undefined) return undefined;
  // A session is between two, and what is said to the room belongs to none.
  if ((head.to === undefined) !== (head.session === undefined)) return undefined;
  // Its unknown fields were looked at, but not left out yet.
  return head.card === undefined ? head : { ...head, card: parseShape(head.card, card) };
}
