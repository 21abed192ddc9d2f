import type { WireError } from "@peerloom/core";
import { WIRE } from "./limits.ts";
import { isMetadata, type Metadata } from "./metadata.ts";
import { isInstance, isName } from "./names.ts";
import { isListOf, isOneOf, isRecord, isText, isUint, parseShape, type Guard, type Shape } from "./shape.ts";

/** What an acknowledgement carries. */
export type Reply = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: WireError };

/** Is the client connected, expected back, or not there? */
export type PeerState = "here" | "away" | "absent";

/** An entry of the answers to `watch`, `lookup` and `list`. */
export interface PeerStatus {
  readonly id: string;
  readonly state: PeerState;
  readonly instance?: string | undefined;
  readonly metadata?: Metadata | undefined;
}

/** A member of a room. `head` is the number of its next room frame. */
export interface Member {
  readonly id: string;
  readonly instance: string;
  readonly state: "here" | "away";
  readonly head: number;
  readonly metadata?: Metadata | undefined;
}

/** Someone who offers a service. */
export interface Provider {
  readonly id: string;
  readonly instance: string;
  readonly state: "here" | "away";
  readonly version?: string | undefined;
  readonly metadata?: Metadata | undefined;
  /** Methods that do no harm when they run twice. */
  readonly idempotent?: readonly string[] | undefined;
}

/** A service, and how many offer it. */
export interface ServiceSummary {
  readonly service: string;
  readonly providers: number;
}

const anyMetadata = (value: unknown): value is Metadata => isMetadata(value);
const wireError: Shape<WireError> = { code: isText(64), message: isText(2048) };
const peerStatus: Shape<PeerStatus> = {
  id: isName,
  state: isOneOf("here", "away", "absent"),
  instance: { optional: isInstance },
  metadata: { optional: anyMetadata },
};
const member: Shape<Member> = {
  id: isName,
  instance: isInstance,
  state: isOneOf("here", "away"),
  head: isUint,
  metadata: { optional: anyMetadata },
};

const provider: Shape<Provider> = {
  id: isName,
  instance: isInstance,
  state: isOneOf("here", "away"),
  version: { optional: isText(WIRE.maxVersionLength) },
  metadata: { optional: anyMetadata },
  idempotent: { optional: isListOf(isName, WIRE.maxIdempotent) },
};
const serviceSummary: Shape<ServiceSummary> = { service: isName, providers: isUint };

/** Checks `{ code, message }`; undefined when it is malformed. */
export function parseWireError(value: unknown): WireError | undefined {
  return parseShape(value, wireError);
}

/** Checks an acknowledgement; undefined when it is malformed. `value` stays unknown: each request has its own parser. */
export function parseReply(value: unknown): Reply | undefined {
  if (!isRecord(value)) return undefined;
  if (value["ok"] === true) return { ok: true, value: value["value"] };
  const error = value["ok"] === false ? parseWireError(value["error"]) : undefined;
  return error && { ok: false, error };
}

/** Checks one status; undefined when it is malformed. */
export function parsePeerStatus(value: unknown): PeerStatus | undefined {
  return parseShape(value, peerStatus);
}

/** Tells whether a value is a well-formed `Member`; it may have other fields besides. */
export const isMember: Guard<Member> = (value): value is Member => parseShape(value, member) !== undefined;

/** Checks a member; undefined when it is malformed. */
export function parseMember(value: unknown): Member | undefined {
  return parseShape(value, member);
}

/** Tells whether a value is a well-formed `Provider`; it may have other fields besides. */
export const isProvider: Guard<Provider> = (value): value is Provider => parseShape(value, provider) !== undefined;

/** Checks a provider; undefined when it is malformed. */
export function parseProvider(value: unknown): Provider | undefined {
  return parseShape(value, provider);
}

/** Checks a line of the list of services; undefined when it is malformed. */
export function parseServiceSummary(value: unknown): ServiceSummary | undefined {
  return parseShape(value, serviceSummary);
}

/** Checks `{ [field]: [...] }`, each element by `parse`; undefined when any is malformed. */
export function parseList<T>(value: unknown, field: string, parse: (item: unknown) => T | undefined): T[] | undefined {
  const list = isRecord(value) && Object.hasOwn(value, field) ? value[field] : undefined;
  if (!Array.isArray(list)) return undefined;
  const parsed = list.map(parse).filter((item) => item !== undefined);
  return parsed.length === list.length ? parsed : undefined;
}
